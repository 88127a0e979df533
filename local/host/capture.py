"""What a stack declares, found out without creating anything."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.host.engine import Monitor
from local.host.errors import ResourceError
from local.host.model import Model, Resource
from local.host.program import run_program
from local.host.provider import Made, Provider
from local.host.shapes.created import CREATED
from local.host.shapes.functions import answer
from local.host.shapes.played import PLAYED
from local.host.shapes.recorded import RECORDED
from local.host.shapes.shape import Place, Shape
from local.host.stack_config import read_config, read_project, upstream_of

ROOT = Path(__file__).resolve().parents[2]
INVENTED_ACCOUNT = "111122223333"

SHAPES: Mapping[str, Shape] = {**CREATED, **PLAYED, **RECORDED}


def capture(stack: str, overlay: Mapping[str, Any] | None = None, root: Path = ROOT) -> Model:
    """The stack's model with invented but plausible outputs; the same at every run.

    What it stands on is captured before it.

    Args:
        stack: Names the settings file, `Pulumi.<stack>.yaml`.
        overlay: Settings laid over that file, for example `{"cloud-sales:ccp.url": "http://127.0.0.1:8080"}`.
        root: The directory of `Pulumi.yaml`.

    Raises:
        HostError: the settings, the program or one of its resources is wrong; the message says which.
    """
    project = read_project(root)
    config = read_config(project, stack, overlay or {})
    upstream = {other: capture(other, root=root).outputs for other in upstream_of(project, stack)}
    place = Place(INVENTED_ACCOUNT, config.get("aws:region", ""))
    monitor = Monitor(project.name, stack, Inventor(place), upstream)
    run_program(project, stack, config, monitor)
    return monitor.record.model()


class Inventor(Provider):
    """Invents ids and outputs from the shapes."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def make(self, declared: Resource) -> Made:
        """Fills the type's shape."""
        return shape_of(declared).fill(declared, self._place)

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answers from the table of functions."""
        return answer(token, arguments, self._place)


def shape_of(declared: Resource) -> Shape:
    """The shape of the resource's type.

    Raises:
        ResourceError: the type is not known here.
    """
    shape = SHAPES.get(declared.type)
    if shape is None:
        raise ResourceError(
            declared.type,
            declared.urn,
            "this type is not known to the local home; say in local/host/shapes what it answers and whether it is"
            " created, played or recorded",
        )
    return shape
