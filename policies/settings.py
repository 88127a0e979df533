"""What a stack's settings file says about the pack, parsed at the border: levels, choices and waivers.

    config:
      policies:levels:
        s3-access-logging: disabled
      policies:configuration:
        payload-expiry-30d: {days: 14}
      policies:waivers:
        - rule: queue-has-dlq
          resource: orders-*
          reason: the consumer is taken out of service with release 0.9
          owner: cloud-sales-platform
          until: "2027-01-31"

The program passes these keys over; the pack reads nothing else of the file.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from policies.catalogue import all_rules
from policies.faults import no_rule, told
from policies.model import Level
from policies.registry import Configuration, Rule
from policies.waivers import Waiver

NAMESPACE = "policies"
LONGEST = timedelta(days=366)
"""What shall hold for longer than a year is no exception."""


class PolicySettingsError(Exception):
    """What a stack says about the pack cannot be used; the message holds every fault."""


@dataclass(frozen=True)
class PolicySettings:
    """How the pack holds for one stack; as it stands in the pack where the stack says nothing."""

    levels: Mapping[str, Level] = field(default_factory=lambda: MappingProxyType({}))
    configuration: Mapping[str, Configuration] = field(default_factory=lambda: MappingProxyType({}))
    waivers: tuple[Waiver, ...] = ()

    def level(self, rule: Rule) -> Level:
        """The rule's level in this stack."""
        return self.levels.get(rule.name, rule.level)


def today() -> date:
    """The day by which waivers end, the same everywhere."""
    return datetime.now(UTC).date()


def parse(config: Mapping[str, str], day: date | None = None) -> PolicySettings:
    """What the configuration of a stack, as the engine hands it out, says about the pack.

    Args:
        config: every key with its namespace; objects are JSON text. Other namespaces are not looked at.
        day: on which it is read; a waiver may not last for longer than a year from then.

    Raises:
        PolicySettingsError: something in the pack's namespace is not known or not well-formed.
    """
    faults: list[str] = []
    values: dict[str, Any] = {"levels": {}, "configuration": {}, "waivers": []}
    for key, text in config.items():
        namespace, _, name = key.partition(":")
        if namespace != NAMESPACE:
            continue
        if name not in values:
            faults.append(f"{key} is not known: keys are {', '.join(f'{NAMESPACE}:{one}' for one in values)}")
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text
        if not isinstance(value, type(values[name])):
            faults.append(f"{key} should be {'a list' if name == 'waivers' else 'an object'}")
            continue
        values[name] = value
    rules = {rule.name: rule for rule in all_rules()}
    levels = _each(values["levels"], "levels", rules, _level, faults)
    chosen = _each(values["configuration"], "configuration", rules, _choice, faults)
    waivers = _waivers(values["waivers"], rules, day or today(), faults)
    if faults:
        raise PolicySettingsError("\n".join(["the settings for the policy pack cannot be used:", *faults]))
    return PolicySettings(levels, chosen, waivers)


def _each(
    given: Mapping[str, Any],
    section: str,
    rules: Mapping[str, Rule],
    read: Callable[[Rule, Any], Any],
    faults: list[str],
) -> dict[str, Any]:
    result = {}
    for name, value in given.items():
        path = f"{NAMESPACE}:{section}.{name}"
        if name not in rules:
            faults.append(f"{path} {no_rule(name, rules)}")
            continue
        try:
            result[name] = read(rules[name], value)
        except ValidationError as error:
            faults += told(path, error)
        except ValueError as error:
            faults.append(f"{path} {error}")
    return result


def _level(_: Rule, value: object) -> Level:
    try:
        return Level(str(value))
    except ValueError:
        raise ValueError(f"should be one of {', '.join(Level)}, not {json.dumps(value)}") from None


def _choice(rule: Rule, value: object) -> Configuration:
    if rule.configuration is None:
        raise ValueError("has nothing to choose")
    return rule.configuration.model_validate_json(json.dumps(value), strict=True)


def _waivers(given: list[Any], rules: Mapping[str, Rule], day: date, faults: list[str]) -> tuple[Waiver, ...]:
    result: dict[tuple[str, str], Waiver] = {}
    for number, value in enumerate(given):
        path = f"{NAMESPACE}:waivers[{number}]"
        try:
            waiver = Waiver.model_validate_json(json.dumps(value))
        except ValidationError as error:
            faults += told(path, error)
            continue
        if waiver.rule not in rules:
            faults.append(f"{path}.rule {no_rule(waiver.rule, rules)}")
        elif waiver.until > day + LONGEST:
            faults.append(f"{path}.until is more than a year away, not an exception but another rule")
        elif result.setdefault((waiver.rule, waiver.resource), waiver) is not waiver:
            faults.append(f"{path} says again what an earlier one does: a waiver is renewed in its place")
    return tuple(result.values())
