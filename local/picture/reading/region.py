"""The whole graph of a region."""

from collections.abc import Sequence
from itertools import chain

from local.host import Model
from local.picture.graph import Graph
from local.picture.reading import entrance, mail, messages, stores, work
from local.picture.reading.grants import read_grants
from local.picture.reading.part import Part, Reading
from local.picture.reading.release import read_release
from services.registry import Service


def read_region(model: Model, services: Sequence[Service]) -> Graph:
    """The parts of a stack and what passes between them.

    Args:
        model: what the program declares.
        services: the registry's entries: their order is the order of the picture.

    Raises:
        PictureError: the model holds something that cannot be shown truthfully.
    """
    release = read_release(model, services)
    reading = Reading(model, release, read_grants(model))
    readers = (entrance.read, work.read, messages.read, mail.read, stores.read)
    parts: list[Part] = [reader(reading) for reader in readers]
    return Graph(
        title=f"Cloud Sales System · region {release.region}",
        region=f"AWS region {release.aws_region} · stack {model.stack}",
        nodes=tuple(chain.from_iterable(part.nodes for part in parts)),
        edges=tuple(chain.from_iterable(part.edges for part in parts)),
    )
