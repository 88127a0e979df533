"""Services and what binds them to a load balancer, as far as one machine honours them; the rules of `shapes` hold."""

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


class ServiceReference(Shape):
    """A Service and one of its ports, by number or by name."""

    name: str
    port: int | str


class TargetGroupBindingSpec(Shape):
    """The Service whose pods answer what a load balancer sends to a target group."""

    target_group_arn: Annotated[str, Field(alias="targetGroupARN")]
    service_ref: ServiceReference
    target_type: Literal["ip"]
