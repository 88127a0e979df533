"""How long nothing can be written while the writer moves: `python -m bench.switchover [times]`.

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
    """Print the pauses of each way to copy, the rate of writes between them, and what was lost of them."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    for synchronous in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            pauses, rate, lost = _measure(Path(directory), times, synchronous=synchronous)
        print(
            f"{'synchronous' if synchronous else 'asynchronous':12} {times} switchovers: nothing written for "
            f"p50 {statistics.median(pauses) * 1e3:.0f} ms, most {max(pauses) * 1e3:.0f} ms; "
            f"{rate:.0f} rows/s between them, {lost} acknowledged rows lost"
        )
    return 0


def _measure(directory: Path, times: int, *, synchronous: bool) -> tuple[list[float], float, int]:
    pauses = []
    with running_pair(directory, synchronous=synchronous) as pair, Writer(pair.servers.writer) as writer:
        time.sleep(2)
        quiet = [at for _, at in writer.acknowledged if at > time.monotonic() - 1]
        source, target = "eu", "apac"
        for _ in range(times):
            begun = time.monotonic()
            pair.switch(source, target)
            time.sleep(SETTLED_SECONDS)
            pauses.append(writer.longest_pause(begun))
            source, target = target, source
        kept = writer.kept()
        return pauses, float(len(quiet)), sum(number not in kept for number, _ in list(writer.acknowledged)[:-1])


if __name__ == "__main__":
    sys.exit(main())
