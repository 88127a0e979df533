import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL = Path(__file__).resolve().parents[3] / "tools" / "install"

STAND_IN = """#!/bin/sh
case "$*" in
    --version) echo "Python {version}" ;;
    "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; touch .venv/bin/activate ;;
    "-m pip install "*) echo "$*" >> pip.log ;;
    *) exit 9 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "tools").mkdir()
    shutil.copy(INSTALL, tmp_path / "tools" / "install")
    return tmp_path


def interpreter(folder: Path, version: str) -> Path:
    """A program that answers as Python does, and makes a virtual environment of itself."""
    path = folder / "python"
    path.write_text(STAND_IN.format(version=version))
    path.chmod(0o755)
    return path


def install(checkout: Path, python: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "tools" / "install", "bootstrap"],
        env={"PATH": os.environ["PATH"], "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_virtual_environment_that_was_not_finished_is_made_anew(checkout: Path) -> None:
    python = interpreter(checkout, "3.11.9")
    unfinished = checkout / ".venv" / "bin" / "python"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_text("#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    unfinished.chmod(0o755)

    done = install(checkout, python)

    assert done.returncode == 0, done.stderr
    assert "--require-hashes -r requirements/bootstrap.txt" in (checkout / "pip.log").read_text()
    assert (checkout / ".venv" / "bootstrap.stamp").exists()


def test_a_finished_virtual_environment_is_kept(checkout: Path) -> None:
    python = interpreter(checkout, "3.11.9")
    install(checkout, python)
    kept = checkout / ".venv" / "kept"
    kept.touch()

    assert install(checkout, python).returncode == 0
    assert kept.exists()


def test_another_python_is_refused_by_its_version(checkout: Path) -> None:
    done = install(checkout, interpreter(checkout, "3.12.1"))

    assert done.returncode == 1
    assert "needs Python 3.11, but" in done.stderr
    assert "is Python 3.12.1" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_missing_python_is_refused_by_its_name(checkout: Path) -> None:
    done = install(checkout, checkout / "python3.11")

    assert done.returncode == 1
    assert f"{checkout / 'python3.11'} is not to be found" in done.stderr
