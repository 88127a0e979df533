"""The release as Helm would install it: the chart's manifests for the values that the Pulumi program gave.

The Helm engine is a Go library of 85 MB that takes 0.15 s to load: only short-lived commands import this module.
"""

from pathlib import Path
from typing import Any

import yaml
from helm_python import Chart, HelmError

from local.cluster.errors import ClusterError, NotHonouredError
from local.host import Resource

Manifest = dict[str, Any]

RELEASE_TYPE = "kubernetes:helm.sh/v3:Release"

_HONOURED = frozenset({"chart", "name", "namespace", "values"})
_ABOUT_INSTALLING = frozenset(
    {
        "atomic",
        "cleanupOnFail",
        "compat",
        "createNamespace",
        "dependencyUpdate",
        "description",
        "disableCRDHooks",
        "maxHistory",
        "resourceNames",
        "skipAwait",
        "timeout",
        "waitForJobs",
    }
)


def render(release: Resource, chart: Path) -> list[Manifest]:
    """The manifests of the release, hooks included, in the order of the chart's files.

    Args:
        release: the program's `kubernetes:helm.sh/v3:Release`.
        chart: the chart's directory on this machine.

    Raises:
        NotHonouredError: the release sets an input that would change the manifests and is not known here.
        ClusterError: the chart cannot be loaded, its schema refuses the values, or a template fails.
    """
    unknown = sorted(set(release.inputs) - _HONOURED - _ABOUT_INSTALLING)
    if unknown:
        raise NotHonouredError(f"{release.urn}: input {', '.join(unknown)} is not honoured on one machine")
    name = release.inputs.get("name") or release.name
    try:
        with Chart.load(chart) as loaded:
            values = release.inputs.get("values") or {}
            files = loaded.render(values, name=name, namespace=release.inputs.get("namespace") or "default")
    except HelmError as error:
        raise ClusterError(f"Helm cannot render release {name} from {chart}: {error}") from error
    return [
        document
        for path, text in sorted(files.items())
        if path.endswith((".yaml", ".yml"))
        for document in _documents(path, text)
    ]


def _documents(path: str, text: str) -> list[Manifest]:
    try:
        return [document for document in yaml.safe_load_all(text) if document]
    except yaml.YAMLError as error:
        raise ClusterError(f"{path} did not render to YAML: {error}") from error
