"""Where the cluster keeps its files, below the checkout's state."""

import json
from pathlib import Path

from local.machine.layout import Layout


def directory(layout: Layout) -> Path:
    """The cluster's own directory."""
    return layout.state / "cluster"


def home(layout: Layout) -> Path:
    """The home directory of every process: empty, so that nobody's personal settings reach a workload."""
    return directory(layout) / "home"


def spec_file(layout: Layout) -> Path:
    """The kubelet's spec."""
    return directory(layout) / "kubelet.json"


def readiness_file(layout: Layout) -> Path:
    """What the kubelet last saw; see `readiness.read_readiness`."""
    return directory(layout) / "readiness.json"


def read_addresses(layout: Layout) -> dict[str, int]:
    """The host number of each pod of the last run; empty before the first one."""
    path = _addresses_file(layout)
    return {name: int(number) for name, number in json.loads(path.read_text()).items()} if path.exists() else {}


def write_addresses(layout: Layout, numbers: dict[str, int]) -> None:
    """Remember the host numbers for the next run."""
    write(_addresses_file(layout), json.dumps(numbers, indent=1) + "\n")


def write(path: Path, text: str) -> None:
    """Replace a file at once, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


def _addresses_file(layout: Layout) -> Path:
    return directory(layout) / "addresses.json"
