"""Do the policies refuse what is lawful? `python -m tests.false_alarms [--files 200]`.

Each file is a random valid one of a region: its program is run, its chart rendered, and both are judged. What is
refused is a false alarm; advice is counted, too.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

from local.policy.stacks import case
from tests.false_alarms.files import Document, project, regions

_TOLD = 10
"""After so many files it says how far it is."""


def main() -> int:
    """1 if there was a false alarm."""
    parser = argparse.ArgumentParser("python -m tests.false_alarms", description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started, counts, judging = time.perf_counter(), Counter[str](), 0.0
    alarms: dict[str, Document] = {}

    @seed(options.seed)
    @settings(
        max_examples=options.files,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(regions())
    def judged(region: tuple[str, Document]) -> None:
        nonlocal judging
        name, document = region
        with TemporaryDirectory() as folder:
            one = case(name, root=project(Path(folder), name, document))
            found = one.judge()
        judging += one.seconds["judge"]
        counts["files"] += 1
        counts["advice"] += bool(found.advice)
        counts["alarms"] += bool(found.vetoes)
        if counts["files"] % _TOLD == 0:
            print(f"{counts['files']} files, {counts['alarms']} false alarms", flush=True)
        if found.vetoes:
            alarms.update({violation.rule: document for violation in found.vetoes})

    judged()
    for rule, document in alarms.items():
        print(f"{rule} refuses, for example:", yaml.safe_dump(document), sep="\n")
    print(
        f"{counts['files']} files, {counts['alarms']} false alarms, {counts['advice']} with advice; "
        f"{time.perf_counter() - started:.0f} s, of which the judge took {judging:.1f} s"
    )
    return 1 if counts["alarms"] else 0


if __name__ == "__main__":
    sys.exit(main())
