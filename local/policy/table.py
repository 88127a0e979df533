"""What the policies say of all stacks, on one page."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.table import Table

from local.policy.stacks import Case
from policies.areas import by_area
from policies.catalogue import all_rules
from policies.judge import Judgement, Level
from policies.registry import Rule
from policies.telling import told

Result = tuple[Case, Judgement]

LEGEND = "checked: how often a rule looked at a resource · ✗ mandatory · ! advisory · w waived"


def table(results: Sequence[Result]) -> Table:
    """Area by area and stack by stack: what was checked, and what was found."""
    made = Table(title=f"{len(all_rules())} rules", caption=LEGEND, caption_justify="left")
    made.add_column("area")
    made.add_column("rules", justify="right")
    for case, _ in results:
        made.add_column(case.stack, justify="right")
    areas = by_area(all_rules())
    for area, rules in areas.items():
        made.add_row(area, _levels(rules), *(_cell(rules, *result) for result in results))
    made.add_section()
    everything = [rule for rules in areas.values() for rule in rules]
    made.add_row("all", _levels(everything), *(_cell(everything, *result, own=True) for result in results))
    return made


def _levels(rules: Sequence[Rule]) -> str:
    """How many are mandatory, and how many more are not."""
    counts = Counter(rule.level is Level.MANDATORY for rule in rules)
    return f"{counts[True]}+{counts[False]}!" if counts[False] else f"{counts[True]}"


def _cell(rules: Sequence[Rule], case: Case, found: Judgement, *, own: bool = False) -> str:
    """`own`: with what the pack has against the stack's waivers, which are of no area."""
    names = {rule.name for rule in rules}
    types = Counter(resource.type for resource in case.resources)
    active = [rule for rule in rules if case.settings.level(rule) is not Level.DISABLED]
    checked = sum(types[kind] for rule in active for kind in rule.types)
    marks = {
        "✗": sum(own or one.rule in names for one in found.vetoes),
        "!": sum(own or one.rule in names for one in found.advice),
        "w": sum(one.violation.rule in names for one in found.waived),
    }
    return " ".join([f"{checked}", *(f"{count}{mark}" for mark, count in marks.items() if count)])


def findings(case: Case, found: Judgement) -> str:
    """What is wrong in the stack, what is let pass, and what it sets for itself; empty if there is nothing to tell."""
    parts = []
    if found.violations:
        parts.append(told([*found.vetoes, *found.advice]))
    parts += [f"waived: {one}\n    {one.violation.urn}" for one in found.waived]
    parts += [f"level set by the stack: {rule} is {level}" for rule, level in case.settings.levels.items()]
    parts += [f"chosen by the stack: {rule}: {chosen}" for rule, chosen in case.settings.configuration.items()]
    return "\n".join([f"\n{case.stack}", *parts]) if parts else ""


def footer(results: Sequence[Result]) -> str:
    """How long it took: the program, the chart, and the judge itself."""
    lines = [f"  {case.stack:8} {_seconds(case.seconds)}" for case, _ in results]
    return "\n".join(["seconds", *lines])


def _seconds(steps: Mapping[str, float]) -> str:
    return "  ".join(f"{step} {seconds:.2f}" for step, seconds in steps.items())
