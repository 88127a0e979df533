"""Services and Ingresses as far as one machine honours them; the rules of `shapes` hold."""

from typing import Annotated, Literal

from pydantic import Field

from local.cluster.shapes import NotApplied, Shape


class ServicePort(Shape):
    """A port of a Service and the container port behind it."""

    port: int
    target_port: int | str | None = None
    name: str | None = None
    protocol: Literal["TCP"] = "TCP"
    app_protocol: NotApplied = None


class ServiceSpec(Shape):
    """The pods behind one name."""

    selector: Annotated[dict[str, str], Field(min_length=1)]
    ports: Annotated[list[ServicePort], Field(min_length=1)]
    type: Literal["ClusterIP"] = "ClusterIP"


class BackendPort(Shape):
    """A Service's port by number or by name."""

    number: int | None = None
    name: str | None = None


class BackendService(Shape):
    """The Service that answers a path."""

    name: str
    port: BackendPort


class Backend(Shape):
    """What answers a path."""

    service: BackendService


class IngressPath(Shape):
    """One path and what answers it."""

    path: str = "/"
    path_type: Literal["Prefix", "Exact"]
    backend: Backend


class IngressHttp(Shape):
    """The paths of one rule."""

    paths: list[IngressPath]


class IngressRule(Shape):
    """A rule for every host name: the machine has only one."""

    http: IngressHttp


class IngressSpec(Shape):
    """The paths that lead into the cluster."""

    rules: list[IngressRule]
    ingress_class_name: NotApplied = None
