"""The part of the Kubernetes API that one machine honours, as strict shapes: any other field is refused by its path.

Fields of the type `NotApplied` are known, accepted and without effect here: they say how a container is isolated,
placed, sized or rolled out, and processes of one machine share all of that. The chart's own tests and the Kubernetes
schemas judge them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

NotApplied = Any
"""Accepted, without effect on one machine."""


class Shape(BaseModel):
    """A part of a manifest: YAML types are taken as they are, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, frozen=True)


class Metadata(Shape):
    """Name and labels; the annotations matter for Helm's hooks."""

    name: str = ""
    namespace: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class FieldRef(Shape):
    """The downward API, as far as a process has such a field."""

    api_version: Literal["v1"] = "v1"
    field_path: Literal["status.podIP", "metadata.name"]


class ValueFrom(Shape):
    """Where the value of a variable comes from."""

    field_ref: FieldRef


class Variable(Shape):
    """One environment variable; neither form set means the empty string, as in Kubernetes."""

    name: str
    value: str = ""
    value_from: ValueFrom | None = None


class HttpGet(Shape):
    """A probe's request; the port is a number or the name of a container port."""

    path: str = "/"
    port: int | str
    scheme: Literal["HTTP"] = "HTTP"


class HttpProbe(Shape):
    """A probe with the defaults of Kubernetes."""

    http_get: HttpGet
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    success_threshold: int = 1
    failure_threshold: int = 3


class ContainerPort(Shape):
    """A port that the container listens on."""

    container_port: int
    name: str | None = None
    protocol: Literal["TCP"] = "TCP"


class Mount(Shape):
    """Only the machine's own /tmp can stand for a volume."""

    name: str
    mount_path: Literal["/tmp"]  # noqa: S108 - the path inside the container


class Volume(Shape):
    """Scratch space; everything else would have to be put at a path of the machine."""

    name: str
    empty_dir: NotApplied


class PreStop(Shape):
    """Time for a load balancer to forget the pod; the edge of one machine asks the pods itself."""

    sleep: NotApplied


class Lifecycle(Shape):
    """What happens beside the container's own life; commands and requests are refused."""

    pre_stop: PreStop


class Container(Shape):
    """The one container of a pod; its image is this checkout, so the command must be stated."""

    name: str
    command: Annotated[list[str], Field(min_length=1)]
    args: list[str] = []
    env: list[Variable] = []
    ports: list[ContainerPort] = []
    startup_probe: HttpProbe | None = None
    readiness_probe: HttpProbe | None = None
    liveness_probe: HttpProbe | None = None
    volume_mounts: list[Mount] = []
    image: NotApplied = None
    image_pull_policy: NotApplied = None
    lifecycle: Lifecycle | None = None
    resources: NotApplied = None
    security_context: NotApplied = None
    termination_message_path: NotApplied = None
    termination_message_policy: NotApplied = None


class PodSpec(Shape):
    """What a pod runs and how long it may take to stop."""

    containers: Annotated[list[Container], Field(min_length=1, max_length=1)]
    termination_grace_period_seconds: int = 30
    volumes: list[Volume] = []
    restart_policy: Literal["Always", "Never", "OnFailure"] = "Always"
    affinity: NotApplied = None
    automount_service_account_token: NotApplied = None
    enable_service_links: NotApplied = None
    image_pull_secrets: NotApplied = None
    node_selector: NotApplied = None
    priority_class_name: NotApplied = None
    security_context: NotApplied = None
    service_account_name: str | None = None
    tolerations: NotApplied = None
    topology_spread_constraints: NotApplied = None


class PodTemplate(Shape):
    """The pod that a Deployment or a Job makes."""

    metadata: Metadata = Metadata()
    spec: PodSpec


class LabelSelector(Shape):
    """Labels that must all be there."""

    match_labels: dict[str, str]


class DeploymentSpec(Shape):
    """Pods of one template; how many is said here or by an autoscaler."""

    replicas: int | None = None
    selector: LabelSelector
    template: PodTemplate
    min_ready_seconds: NotApplied = None
    progress_deadline_seconds: NotApplied = None
    revision_history_limit: NotApplied = None
    strategy: NotApplied = None


class JobSpec(Shape):
    """One run to completion. It is tried once: who sits at the machine wants to see the first failure."""

    template: PodTemplate
    active_deadline_seconds: int | None = None
    completions: Literal[1] = 1
    parallelism: Literal[1] = 1
    backoff_limit: NotApplied = None
    ttl_seconds_after_finished: NotApplied = None
