"""Ten years of the schedule, minute by minute: `python -m bench.sun`. Tells what was checked, and what was broken."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from local.sun.walk import Moment, walk
from services.sun.schedule.regions import Region
from services.sun.schedule.weights import Weights

SETS: Mapping[str, Sequence[Region]] = {
    "Dublin, Singapore": (
        Region("eu", "eu-west-1", ZoneInfo("Europe/Dublin")),
        Region("apac", "ap-southeast-1", ZoneInfo("Asia/Singapore")),
    ),
    "Dublin, Singapore, New York": (
        Region("eu", "eu-west-1", ZoneInfo("Europe/Dublin")),
        Region("apac", "ap-southeast-1", ZoneInfo("Asia/Singapore")),
        Region("us", "us-east-1", ZoneInfo("America/New_York")),
    ),
    "London, Sydney": (
        Region("eu", "eu-west-2", ZoneInfo("Europe/London")),
        Region("apac", "ap-southeast-2", ZoneInfo("Australia/Sydney")),
    ),
}
START = datetime(2026, 1, 1, tzinfo=UTC)

# What is promised, told once more: the schedule's own constants would prove nothing of themselves.
SCALE, STEP, LEAST = 255, 16, 20
LEADS, DWELL, MOST_A_DAY, DAY = 0.6, timedelta(hours=4), 3, timedelta(hours=24)
EARLIEST, LATEST = 5, 20


@dataclass
class Tally:
    """What was seen on the way, and every rule that was broken, with the moments."""

    moments: int = 0
    switches: list[datetime] = field(default_factory=list)
    largest_step: int = 0
    most_a_day: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    first: dict[str, datetime] = field(default_factory=dict)

    def breaks(self, rule: str, at: datetime) -> None:
        """Keep that a rule was broken."""
        self.broken[rule] += 1
        self.first.setdefault(rule, at)


def judge(regions: Sequence[Region], moments: Iterable[Moment]) -> Tally:
    """Hold every moment against what the schedule promises while all regions are well."""
    tally, known, before = Tally(), {region.name: region for region in regions}, None
    for moment in moments:
        tally.moments += 1
        _judge_weights(tally, moment, before.weights if before else moment.weights, set(known))
        if moment.writer not in known:
            tally.breaks("one of the regions writes", moment.at)
        if before and (moment.writer != before.writer) is not moment.moved:
            tally.breaks("the writer moves by a switch alone", moment.at)
        if moment.moved:
            _judge_switch(tally, moment, known[moment.writer])
        before = moment
    return tally


def _judge_weights(tally: Tally, moment: Moment, before: Weights, names: set[str]) -> None:
    if set(moment.weights) != names:
        tally.breaks("every region has a weight", moment.at)
    for name, weight in moment.weights.items():
        step = abs(weight - before[name])
        tally.largest_step = max(tally.largest_step, step)
        if step > STEP:
            tally.breaks("weights move in steps", moment.at)
        if not 1 <= weight <= SCALE:
            tally.breaks("weights are 1 to 255", moment.at)
        if weight < LEAST:
            tally.breaks("no weight is below the floor", moment.at)


def _judge_switch(tally: Tally, moment: Moment, target: Region) -> None:
    at = moment.at
    if tally.switches and at - tally.switches[-1] < DWELL:
        tally.breaks("the writer stays four hours", at)
    if moment.weights[target.name] < LEADS * sum(moment.weights.values()):
        tally.breaks("who writes leads", at)
    if not EARLIEST <= target.hour(at) < LATEST:
        tally.breaks("nobody takes over at night", at)
    tally.switches.append(at)
    lately = sum(at - earlier < DAY for earlier in tally.switches[-2 * MOST_A_DAY :])
    tally.most_a_day = max(tally.most_a_day, lately)
    if lately > MOST_A_DAY:
        tally.breaks("three switches a day at most", at)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check every set of regions; 1 if anything is broken."""
    parser = argparse.ArgumentParser("python -m bench.sun", description="The schedule, minute by minute.")
    parser.add_argument("--years", type=int, default=10)
    options = parser.parse_args(arguments)
    end, failed = START.replace(year=START.year + options.years), False
    for name, regions in SETS.items():
        began = perf_counter()
        tally = judge(regions, walk(regions, START, end, timedelta(minutes=1)))
        sys.stdout.write(
            f"{name}: {tally.moments:,} minutes, {len(tally.switches):,} switches, at most {tally.most_a_day} in 24 h, "
            f"largest step {tally.largest_step} of {SCALE}, {tally.broken.total()} violations "
            f"({perf_counter() - began:.0f} s)\n"
        )
        for rule, times in tally.broken.items():
            sys.stdout.write(f"  broken {times} times, first {tally.first[rule]:%Y-%m-%d %H:%M} UTC: {rule}\n")
        failed = failed or bool(tally.broken)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
