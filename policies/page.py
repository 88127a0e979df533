"""`docs/policies.md`, written from the rules themselves: `python -m policies.page`."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from policies import waivers
from policies.areas import by_area
from policies.catalogue import all_rules
from policies.levels import SOFTENED
from policies.model import Level, Options, Resource, Stack
from policies.registry import Rule
from policies.settings import LONGEST

PAGE = Path(__file__).resolve().parents[1] / "docs" / "policies.md"

_HEAD = f"""# What may not be built

*Written by `make policies-page` from `policies/rules`: change a rule there, not this page.*

Every stack is judged before anything of it is made: by `make policy` and `make up` in process, and by the Pulumi engine
with `--policy-pack policies`. A **mandatory** rule vetoes; an **advisory** one is only shown. Levels stand in
`policies/levels.py`, where a softer one says why.

A stack may say in its `Pulumi.<stack>.yaml` how the rules hold for it:

```yaml
config:
  policies:levels:
    s3-access-logging: disabled
  policies:configuration: {{}}  # what a rule lets a stack choose is said there
  policies:waivers:
    - rule: queue-has-dlq
      resource: orders-*  # a name or URN; * and ? stand for what one waiver has to cover
      reason: its consumer is taken out of service with release 0.9
      owner: cloud-sales-platform
      until: "2027-01-31"  # the last day, at most {LONGEST.days} days away
```

A waiver is shown wherever the stack is judged. Once it has ended it is a violation itself, `{waivers.EXPIRED}`, and
mandatory. One that matches no breach is advised against: `{waivers.UNUSED}`.
"""


def page(rules: tuple[Rule, ...]) -> str:
    """The whole page."""
    areas = by_area(rules)
    parts = [_HEAD, "\n".join(_summary(areas))]
    for area, some in areas.items():
        parts.append(f"## {area[0].upper()}{area[1:]}")
        parts += ["\n".join(_section(rule)) for rule in some]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _summary(areas: Mapping[str, Sequence[Rule]]) -> Iterator[str]:
    yield "| Area | Mandatory | Advisory | Rules |"
    yield "|---|---:|---:|---|"
    total: Counter[Level] = Counter()
    for area, rules in areas.items():
        levels = Counter(rule.level for rule in rules)
        total += levels
        links = ", ".join(f"[{rule.name}](#{rule.name})" for rule in rules)
        yield f"| {area} | {levels[Level.MANDATORY]} | {levels[Level.ADVISORY]} | {links} |"
    yield f"| **all** | {total[Level.MANDATORY]} | {total[Level.ADVISORY]} | {total.total()} |"


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.name}"
    yield ""
    yield f"**{rule.level}**{_softened(rule)} · on {', '.join(f'`{kind}`' for kind in rule.types)}"
    yield ""
    yield f"- **Why:** {rule.why}"
    yield f"- **To fix it:** {rule.remedy[0].upper()}{rule.remedy[1:]}"
    yield f"- **Source:** {rule.source}"
    if chosen := rule.default():
        stated = type(chosen).model_json_schema(by_alias=True)["properties"]
        for name, default in json.loads(chosen.model_dump_json(by_alias=True)).items():
            described = stated[name].get("description")
            yield f"- **A stack may choose** `{name}`: {f'{described} ' if described else ''}(`{json.dumps(default)}`)"
    yield ""
    phrase, refused = next(iter(rule.rejects.items()))
    yield f"Refused: *{phrase.strip()}*"
    yield from _example(refused)
    yield "Accepted:"
    yield from _example(_like(refused, rule.accepts))


def _like(refused: Stack, accepted: Sequence[Stack]) -> Stack:
    """The accepted example that has most in common with the refused one, so that the difference shows."""
    types = {resource.type for resource in refused.resources}
    return max(accepted, key=lambda stack: len(types & {resource.type for resource in stack.resources}))


def _softened(rule: Rule) -> str:
    return f" ({SOFTENED[rule.name][1][:-1]})" if rule.name in SOFTENED else ""


def _example(stack: Stack) -> Iterator[str]:
    yield "```json"
    yield from (json.dumps(_shown(resource), ensure_ascii=False) for resource in stack.resources)
    yield "```"


def _shown(resource: Resource) -> dict[str, Any]:
    options = {key: value for key, value in vars(resource.options).items() if value != getattr(Options(), key)}
    shown = {"type": resource.type, "name": resource.name, **dict(resource.properties)}
    return {**shown, "(options)": options} if options else shown


def main() -> int:
    """Writes the page."""
    PAGE.write_text(page(all_rules()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
