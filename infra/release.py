"""A Helm release of a chart that lies in this repository."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from infra.checks import refuse_faults, unlike

_TIMEOUT_SECONDS = 600


@dataclass(frozen=True)
class ReleaseArgs:
    """What a release needs to be told.

    Attributes:
        chart: the chart's folder, relative to the program's.
        chart_digest: what `digest_of` says of that folder.
        kubeconfig: how the cluster is reached.
        after: what must stand before the first pod starts.
    """

    chart: str
    chart_digest: str
    kubeconfig: pulumi.Input[str]
    namespace: str
    values: Mapping[str, Any]
    after: Sequence[pulumi.Resource] = ()

    def __post_init__(self) -> None:
        refuse_faults(
            "Release",
            chart_digest=unlike(self.chart_digest, r"[0-9a-f]{64}", "a SHA-256 digest"),
            namespace=unlike(self.namespace, r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "a Kubernetes name"),
        )


class Release(pulumi.ComponentResource):
    """A release that comes up as a whole or is rolled back."""

    def __init__(self, name: str, args: ReleaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Release", name, None, opts)
        cluster = kubernetes.Provider(name, kubeconfig=args.kubeconfig, opts=pulumi.ResourceOptions(parent=self))
        kubernetes.helm.v3.Release(
            name,
            name=name,
            chart=args.chart,
            namespace=args.namespace,
            create_namespace=True,
            values=args.values,
            # The provider compares a local chart by version alone: the digest makes an edited template an update too.
            description=f"chart {args.chart_digest}",
            atomic=True,
            cleanup_on_fail=True,
            max_history=10,
            timeout=_TIMEOUT_SECONDS,
            opts=pulumi.ResourceOptions(parent=self, provider=cluster, depends_on=list(args.after)),
        )
        self.register_outputs({})


def digest_of(folder: Path) -> str:
    """The SHA-256 digest of a folder: the names and contents of all its files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
