"""The legend: which cloud service each kind of part is, and what plays it when the region runs on one machine."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from local.picture.drawing import elements
from local.picture.drawing.icons import ICONS
from local.picture.graph import Graph, Kind
from local.picture.layout.cards import ICON
from local.picture.layout.geometry import Box

PLAYED: Mapping[Kind, tuple[str, str]] = {
    Kind.GATEWAY: ("Amazon API Gateway", "Envoy"),
    Kind.USERS: ("Amazon Cognito", "ministack"),
    Kind.WORKLOAD: ("Workload on Amazon EKS", "processes, as the chart says"),
    Kind.DATABASE: ("Amazon Aurora PostgreSQL", "PostgreSQL"),
    Kind.BUCKET: ("Amazon S3", "ministack"),
    Kind.QUEUE: ("Amazon SQS queue and DLQ", "ministack"),
    Kind.MAIL: ("Amazon SES", "mail front on ministack"),
    Kind.TOPIC: ("Amazon SNS", "ministack"),
    Kind.OUTSIDE: ("Outside the region", "CCP simulator, mailbox page"),
}

_COLUMNS = 5
_ROW = 46
_TEXT_AT = 28


def legend_height(graph: Graph) -> int:
    """The room that the legend takes."""
    return -(-len(_kinds(graph)) // _COLUMNS) * _ROW


def draw_legend(parent: Element, graph: Graph, box: Box) -> None:
    """Draws an entry for every kind that the graph has."""
    group = SubElement(parent, "g", {"id": "legend"})
    for index, kind in enumerate(_kinds(graph)):
        row, column = divmod(index, _COLUMNS)
        x, y = box.x + column * box.width // _COLUMNS, box.y + row * _ROW
        cloud, local = PLAYED[kind]
        elements.path(group, ICONS[kind], f"icon {kind}", (x, y + (_ROW - 2 * ICON) // 2))
        elements.text(group, cloud, x + _TEXT_AT, y + 14, "prose")
        elements.text(group, f"locally: {local}", x + _TEXT_AT, y + 30, "small muted")


def _kinds(graph: Graph) -> list[Kind]:
    present = {node.kind for node in graph.nodes}
    return [kind for kind in PLAYED if kind in present]
