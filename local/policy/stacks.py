"""A stack before the policies: what its program declares, and what its release renders to."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.cluster.render import RELEASE_TYPE, render
from local.host import Model, capture
from local.host.capture import ROOT
from local.host.stack_config import Project, read_config, read_project
from local.host.verdict import judged, policy_settings
from policies.catalogue import all_rules
from policies.judge import Judgement, PolicySettings, Resource, judgement
from policies.manifests import resource_of


@dataclass(frozen=True)
class Case:
    """A stack, and how the policies hold for it.

    Attributes:
        seconds: What each step took.
    """

    stack: str
    resources: tuple[Resource, ...]
    settings: PolicySettings
    seconds: dict[str, float] = field(default_factory=dict)

    def judge(self) -> Judgement:
        """What the policies have against it."""
        started = time.perf_counter()
        found = judgement(self.resources, self.settings)
        self.seconds["judge"] = time.perf_counter() - started
        return found


def stacks(root: Path = ROOT) -> list[str]:
    """Every stack that has a settings file."""
    return sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))


def case(stack: str, overlay: Mapping[str, Any] | None = None, root: Path = ROOT) -> Case:
    """The stack as its settings have it.

    Raises:
        HostError: the settings, the program or one of its resources is wrong.
        ClusterError: the chart cannot be rendered with the program's values.
    """
    all_rules()  # what is imported once is none of the stack's time
    project = read_project(root)
    settings = policy_settings(stack, read_config(project, stack, overlay or {}))
    started = time.perf_counter()
    model = capture(stack, overlay, root)
    built = time.perf_counter()
    resources = (*judged(model), *manifests(model, project))
    seconds = {"build": built - started, "render": time.perf_counter() - built}
    return Case(stack, resources, settings, seconds)


def manifests(model: Model, project: Project) -> list[Resource]:
    """What Helm would hand to Kubernetes, with the values that the program gives."""
    releases = model.of_type(RELEASE_TYPE)
    rendered = [one for release in releases for one in render(release, project.program / release.inputs["chart"])]
    return [resource_of(manifest) for manifest in rendered]
