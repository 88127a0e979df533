"""Rendered Kubernetes manifests as resources, so that what a chart renders to is judged like everything else."""

from collections.abc import Mapping
from typing import Any

from policies.model import Resource


def resource_of(manifest: Mapping[str, Any]) -> Resource:
    """The manifest under the type token that Pulumi's Kubernetes provider gives its kind."""
    version, kind = manifest["apiVersion"], manifest["kind"]
    metadata = manifest["metadata"]
    urn = f"{version}/{kind}::{metadata.get('namespace', 'default')}/{metadata['name']}"
    return Resource(
        f"kubernetes:{version if '/' in version else f'core/{version}'}:{kind}", metadata["name"], urn, manifest
    )
