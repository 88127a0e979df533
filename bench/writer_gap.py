"""How long nothing can be written while the writer moves: `python -m bench.writer_gap [times]`.

Two servers on this machine, one client that writes through the writer endpoint, and the controller's own call to RDS.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.support.aurora import Writer, running_pair

TIMES = 20
SETTLED_SECONDS = 0.3


def main() -> int:
    """Print the pauses of each way to copy, and what was lost of the rows that were acknowledged."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    for synchronous in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            pauses, written, lost = _measure(Path(directory), times, synchronous=synchronous)
        print(
            f"{'synchronous' if synchronous else 'asynchronous':12} {times} switchovers: nothing written for "
            f"p50 {statistics.median(pauses) * 1e3:.0f} ms, most {max(pauses) * 1e3:.0f} ms; "
            f"{lost} of {written} acknowledged rows lost"
        )
    return 0


def _measure(directory: Path, times: int, *, synchronous: bool) -> tuple[list[float], int, int]:
    pauses = []
    with running_pair(directory, synchronous=synchronous) as pair:
        with Writer(pair.servers.writer) as writer:
            time.sleep(SETTLED_SECONDS)
            source, target = "eu", "apac"
            for _ in range(times):
                begun = time.monotonic()
                pair.switch(source, target)
                time.sleep(SETTLED_SECONDS)
                pauses.append(writer.longest_pause(begun))
                source, target = target, source
        written = {number for number, _ in writer.acknowledged}
        return pauses, len(written), len(written - writer.kept())


if __name__ == "__main__":
    sys.exit(main())
