"""The state of every pod as the kubelet last saw it, in one file that is always whole."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class PodReadiness:
    """How one pod does.

    Attributes:
        started: its startup probe has passed since its last start.
        ready: its readiness probe passes: it may get requests.
        restarts: how often its container has been replaced since the kubelet began to watch it.
        reason: why it last failed a probe; empty if it never did.
        since: when `started` or `ready` last changed, in ISO 8601.
    """

    started: bool = False
    ready: bool = False
    restarts: int = 0
    reason: str = ""
    since: str = ""


class Board:
    """The kubelet's side of the file: written anew whenever something changes, and only then."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now
        self._pods: dict[str, PodReadiness] = {}

    def keep(self, names: Iterable[str]) -> None:
        """Show these pods and no others; new ones begin as not started."""
        self._pods = {name: self._pods.get(name, PodReadiness(since=self._time())) for name in names}
        self._write()

    def set(self, name: str, *, started: bool, ready: bool) -> None:
        """Note whether the pod has started and is ready."""
        pod = self._pods[name]
        if (pod.started, pod.ready) != (started, ready):
            self._pods[name] = replace(pod, started=started, ready=ready, since=self._time())
            self._write()

    def blame(self, name: str, reason: str) -> None:
        """Note why the pod failed a probe."""
        if self._pods[name].reason != reason:
            self._pods[name] = replace(self._pods[name], reason=reason)
            self._write()

    def count_restart(self, name: str) -> None:
        """Note that the pod's container has been replaced."""
        self._pods[name] = replace(self._pods[name], restarts=self._pods[name].restarts + 1)
        self._write()

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")

    def _write(self) -> None:
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps({name: asdict(pod) for name, pod in self._pods.items()}, indent=1) + "\n")
        draft.replace(self._path)


def read_readiness(path: Path) -> dict[str, PodReadiness]:
    """The pods by name; empty before the kubelet has begun."""
    if not path.exists():
        return {}
    return {name: PodReadiness(**pod) for name, pod in json.loads(path.read_text()).items()}
