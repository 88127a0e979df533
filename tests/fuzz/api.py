"""The storm in any length: `python -m tests.fuzz.api --requests 200000 [--seed 7]`."""

import argparse
import os
import sys

import pytest


def main() -> int:
    """Runs the test of the storm, and prints what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()
    os.environ |= {"FUZZ_REQUESTS": str(wanted.requests), "FUZZ_SEED": str(wanted.seed)}
    return pytest.main(["-q", "-s", "-p", "no:cacheprovider", "tests/fuzz/test_api.py"])


if __name__ == "__main__":
    sys.exit(main())
