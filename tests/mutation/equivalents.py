"""Breaks that break nothing, each with its reason: what a rule reads to find its way, or where the lawful is wide.

Rule, resource type, place and kind are shell patterns, so that a new stack or resource needs no new line. Where an
excuse is one for some resources only, `when` looks at the resource, and at where it was broken.
"""

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from policies.dead_letters import QUEUE
from policies.model import Resource
from policies.places import EU, place_of
from policies.reading import mapping
from policies.rules.repositories import REPOSITORY
from tests.mutation.breaking import at
from tests.mutation.recording import TEXT, Path

When = Callable[[Resource, Path], bool]


def _always(_: Resource, __: Path) -> bool:
    return True


def _item(resource: Resource, path: Path) -> Any:
    """The item of a list that was broken, or in which something was; what was broken where there is no list."""
    step = next((number for number, one in enumerate(path) if isinstance(one, int)), len(path) - 1)
    found = at(resource, path[: step + 1])
    return json.loads(found) if isinstance(found, str) and path[step + 1 : step + 2] == (TEXT,) else found


def _is_not(key: str, *values: str) -> When:
    """That the item has another value there than those with which the rule is content."""
    return lambda resource, path: (
        any(isinstance(step, int) for step in path) and str(mapping(_item(resource, path)).get(key)) not in values
    )


def _allows(resource: Resource, path: Path) -> bool:
    return bool(mapping(_item(resource, path)).get("Effect") == "Allow")


def _is_guarded(resource: Resource, _: Path) -> bool:
    return resource.text("authorizationType") == "JWT"


def _has_both(resource: Resource, path: Path) -> bool:
    """Whether account and ARN of the source are asked for: each is enough."""
    condition: Mapping[str, Any] = mapping(mapping(_item(resource, path)).get("Condition"))
    asked = [key.lower() for stated in condition.values() for key in mapping(stated)]
    return {"aws:sourcearn", "aws:sourceaccount"} <= set(asked)


def _other_tag(resource: Resource, path: Path) -> bool:
    return not str(at(resource, path)).startswith(("team:", "service:"))


def _is_selective(resource: Resource, _: Path) -> bool:
    return bool(mapping(resource.properties.get("spec")).get("podSelector"))


def _in_the_eu(resource: Resource, _: Path) -> bool:
    return place_of(resource) in EU


def _is_internal(resource: Resource, _: Path) -> bool:
    return bool(resource.properties["tags"]["data"] == "internal")


def _is_no_dead_letters(resource: Resource, _: Path) -> bool:
    return not resource.text("name").endswith("-dlq")


def _watches_no_dead_letters(resource: Resource, _: Path) -> bool:
    return "-dlq" not in resource.text("query")


class Equivalent(NamedTuple):
    """Some breaks that are none."""

    rule: str
    type: str
    place: str
    kind: str
    reason: str
    when: When = _always


_OTHERS = "is about some of these only: this one is not among them, and may be as it likes"
_ANYWHERE = "what is internal to the product may stand anywhere"
_PERSONAL = "what is untagged counts as personal, which may lie in the EU as this does"
_LESS = "takes away a permission, and so a reach"
_TWICE = "account and ARN of the source are both asked for: what is left still names who may ask"
_OF_TWO = "another item of the same list is what the rule asks for, and is still there"

EQUIVALENT: tuple[Equivalent, ...] = (
    *(
        Equivalent(rule, "*:ClusterParameterGroup", "parameters*", "*", f"is about {name}", _is_not("name", name))
        for rule, name in (
            ("aurora-force-ssl-logs", "rds.force_ssl"),
            ("aurora-logs-no-rows", "log_error_verbosity"),
        )
    ),
    Equivalent("budget-exists", "*", "notifications*", "*", "the budget has two notifications; one is enough"),
    *(
        Equivalent("dlq-alarm", "datadog:*", place, "*", f"{_OTHERS}: it watches none", _watches_no_dead_letters)
        for place in ("", "query", "type")
    ),
    Equivalent("dlq-retention", QUEUE, "messageRetentionSeconds", "*", f"{_OTHERS}: no letters", _is_no_dead_letters),
    Equivalent("iam-no-star", "*", "policy.Statement", "left out", _LESS),
    Equivalent(
        "iam-no-star", "*", "policy.Statement.Action", "another", "an action that does not exist grants nothing"
    ),
    Equivalent("kms-rotation", "*", "policy.Statement", "left out", _LESS, _allows),
    Equivalent("kms-rotation", "*", "*.Condition.*", "*", _TWICE, _has_both),
    Equivalent("monitor-has-runbook", "*", "tags", "*", f"{_OTHERS}: it asks for team and service", _other_tag),
    Equivalent("network-policy-per-namespace", "*", "", "resource removed", "less is open than before", _is_selective),
    Equivalent("network-policy-per-namespace", "*", "spec.egress.*", "left out", _OF_TWO),
    *(
        Equivalent("network-policy-per-namespace", "*", place, "*", f"{_OTHERS}: it is no default", _is_selective)
        for place in ("spec", "spec.policyTypes")
    ),
    Equivalent("no-cross-residency-copy", "*:ReplicaKey", "tags*", "*", _PERSONAL, _in_the_eu),
    Equivalent("no-cross-residency-copy", "*:ReplicaKey", "primaryKeyArn", "elsewhere", _ANYWHERE, _is_internal),
    Equivalent(
        "pdb-hpa-spread",
        "*",
        "*.topologySpreadConstraints*",
        "*",
        f"{_OTHERS}: it spreads over nodes, not zones",
        _is_not("topologyKey", "topology.kubernetes.io/zone"),
    ),
    Equivalent("pool-client-guarded", "*", "explicitAuthFlows", "left out", "one way less to sign in"),
    Equivalent("queue-has-dlq", QUEUE, "", "resource removed", "nothing is left whose messages could be lost"),
    Equivalent("queue-has-dlq", QUEUE, "name", "*", "nothing refers to this queue by its name", _is_no_dead_letters),
    Equivalent("region-allowed", "*", "tags*", "*", _PERSONAL, _in_the_eu),
    Equivalent("region-allowed", "*", "arn", "elsewhere", _ANYWHERE),
    *(
        Equivalent("replication-declared", REPOSITORY, place, kind, "ECR copies from here, and not to here")
        for place, kind in (("", "resource removed"), ("region", "another"), ("region", "elsewhere"))
    ),
    Equivalent("route-auth", "*", "routeKey", "*", "a guarded route may lead anywhere", _is_guarded),
    Equivalent("s3-tls-only", "*", "policy.Statement*", "*", "what is allowed is no part of what it denies", _allows),
    Equivalent("trust-scoped", "*", "*.Condition.StringEquals*", "*", _TWICE, _has_both),
    Equivalent("trust-scoped", "*", "*.Principal.Service", "another", "a service that does not exist asks for nothing"),
)


def reason_for(rule: str, resource: Resource, path: Path, place: str, kind: str) -> str | None:
    """Why such a break is none; None if it is one."""
    for line in EQUIVALENT:
        given = (rule, resource.type, place.replace("[*]", ""), kind)
        fits = all(fnmatchcase(one, pattern) for one, pattern in zip(given, line[:4], strict=True))
        if fits and line.when(resource, path):
            return line.reason
    return None
