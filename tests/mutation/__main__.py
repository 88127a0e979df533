"""Every mandatory property is broken in every golden stack: `python -m tests.mutation`.

Two reports. The breaches that the design states: does the rule that it names complain? And every property that a rule
reads, broken in every way that fits its value: where a rule refuses such a break at one resource, it has to refuse it
at all of them, unless it is said why not. What a rule reads and never complains of, it reads to find its way: that is
listed by place, so that a demand which is missing can be seen.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable

from local.policy.stacks import case, stacks
from policies.catalogue import all_rules
from policies.model import Level
from tests.mutation.report import Alike, Report
from tests.mutation.trial import Trial, stated, trials

GOAL = 0.98


def main() -> int:
    """1 if fewer are caught than promised."""
    parser = argparse.ArgumentParser("python -m tests.mutation", description=__doc__)
    parser.add_argument("--rule", help="only this rule")
    parser.add_argument("--stack", action="append", help="only this stack")
    options = parser.parse_args()
    rules = [rule for rule in all_rules() if options.rule in (None, rule.name)]
    mandatory = {rule.name for rule in rules if rule.level is Level.MANDATORY}
    started = time.perf_counter()
    by_design: list[Trial] = []
    derived: list[Trial] = []
    for stack in options.stack or stacks():
        resources = case(stack).resources
        by_design += stated(stack, resources, rules)
        derived += trials(stack, resources, rules)

    print("Breaches that the design states, by the rule that has to complain\n")
    print(f"{'rule':30} {'breaks':>7} {'caught':>7}")
    for rule, (count, caught) in counted(by_design).items():
        print(f"{rule:30} {count:7} {caught:7}{'' if rule in mandatory else '  (advisory)'}")
    listed("went unnoticed", Counter(Alike.of(one) for one in by_design if not one.caught))

    report = Report(derived)
    print("\nProperties that rules read, broken by what they are")
    listed("refused elsewhere, unnoticed here", report.missed)
    listed("refused elsewhere, and no breach here", report.excused)
    places = Counter(f"{one.rule} | {one.type} | {one.place}" for one in report.undemanded.elements())
    print(f"\nread, and never a reason to complain ({len(places)} places):")
    for place, count in sorted(places.items()):
        print(f"  {count:5} {place}")

    mandatory_ones = [one for one in report.demanded if one.rule in mandatory]
    excused = sum(count for alike, count in report.excused.items() if alike.rule in mandatory)
    bare = sum(one.caught for one in mandatory_ones) / max(1, len(mandatory_ones) + excused)
    share = [caught_of(one for one in some if one.rule in mandatory) for some in (by_design, report.demanded)]
    print(
        f"\nstated by the design: {len(by_design)} breaks, {share[0]:.2%} of those of mandatory rules caught by the "
        f"rule it names\nderived: {len(derived)} breaks of what is read, {len(report.demanded)} of which a rule "
        f"demands otherwise: {share[1]:.2%} of the mandatory ones caught; {report.excused.total()} are no breach "
        f"(were all of them breaches, it would be {bare:.2%}); "
        f"{sum(bool(one.crash) for one in derived)} rules broke down\n{time.perf_counter() - started:.0f} s"
    )
    return 0 if min(share) >= GOAL and not any(one.crash for one in (*by_design, *derived)) else 1


def counted(tried: Iterable[Trial]) -> dict[str, tuple[int, int]]:
    """By rule: how many breaks, and how many of them it caught."""
    breaks: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for one in tried:
        breaks[one.rule] += 1
        caught[one.rule] += one.caught
    return {rule: (breaks[rule], caught[rule]) for rule in sorted(breaks)}


def caught_of(tried: Iterable[Trial]) -> float:
    """The share that was caught."""
    outcomes = [one.caught for one in tried]
    return sum(outcomes) / len(outcomes) if outcomes else 1.0


def listed(title: str, some: Counter[Alike]) -> None:
    """The breaks by what they have in common, and how many there are of each."""
    print(f"\n{title} ({some.total()}):")
    for alike, count in sorted(some.items(), key=str):
        print(f"  {count:5} {alike}")


if __name__ == "__main__":
    sys.exit(main())
