"""A second checkout beside this one, with a state of its own, in which a test runs the commands of the README."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("charts", "infra", "local", "policies", "services", "stacks")
UP_SECONDS = 600


@dataclass(frozen=True)
class Checkout:
    """A copy of what the platform runs from, sharing this checkout's virtual environment."""

    root: Path

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs `python -m local ...` as the Makefile does."""
        return subprocess.run(
            [str(self.root / ".venv" / "bin" / "python"), "-m", "local", *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), "COLUMNS": "160", **(environment or {})},
            capture_output=True,
            text=True,
            timeout=UP_SECONDS,
            check=False,
        )

    def must(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Runs a command that has to succeed; what it printed."""
        done = self.run(*arguments, environment=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def checkout() -> Iterator[Checkout]:
    """A checkout that is reset and removed at the end of the block."""
    root = Path(tempfile.mkdtemp(prefix="cloud-sales-checkout-", dir="/tmp"))
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, root)
    (root / ".venv").symlink_to(ROOT / ".venv")
    copy = Checkout(root)
    try:
        yield copy
    finally:
        copy.run("reset")
        shutil.rmtree(root)
