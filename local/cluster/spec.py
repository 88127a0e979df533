"""What the kubelet is told: which pods to watch, where to report. Written by `make up`, read by the kubelet."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from local.cluster.errors import ClusterError
from local.cluster.probes import Probe, Probes
from local.machine.layout import Layout


@dataclass(frozen=True)
class WatchedPod:
    """A pod as the kubelet sees it; its name is also the supervisor's program name."""

    name: str
    ip: str
    probes: Probes


@dataclass(frozen=True)
class KubeletSpec:
    """The kubelet's whole input.

    Attributes:
        layout: where the supervisor is found.
        readiness: the file that the kubelet keeps up to date.
    """

    layout: Layout
    readiness: Path
    pods: tuple[WatchedPod, ...]

    def to_json(self) -> str:
        """The text that `read_spec` reads."""
        return json.dumps(asdict(self), indent=1, default=str) + "\n"


def read_spec(path: Path) -> KubeletSpec:
    """The spec in the file.

    Raises:
        ClusterError: there is no such file, or it is none of ours.
    """
    try:
        document = json.loads(path.read_text())
        pods = tuple(WatchedPod(pod["name"], pod["ip"], _probes(pod["probes"])) for pod in document["pods"])
        return KubeletSpec(_layout(**document["layout"]), Path(document["readiness"]), pods)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClusterError(f"{path} is not a kubelet's spec: {error!r}; `make up` writes it anew") from error


def _layout(root: str, state: str, runtime: str, subnet: str, region: str) -> Layout:
    return Layout(Path(root), Path(state), Path(runtime), subnet, region)


def _probes(document: dict[str, Any]) -> Probes:
    return Probes(**{kind: Probe(**probe) if probe else None for kind, probe in document.items()})
