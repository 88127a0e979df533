"""Colours of the regions, for readers of light pages and of dark ones, and the style sheet made of them."""

from local.picture.drawing.palette import DARK, LIGHT, SANS, Palette
from local.picture.graph import Kind

_ORDER = (Kind.WORKLOAD, Kind.MAIL, Kind.BUCKET, Kind.GATEWAY, Kind.QUEUE, Kind.DATABASE)
"""Whose colours the regions have, one after the other; seventh and first are the same."""


def tone(index: int) -> str:
    """The class of the region at that place."""
    return f"tone-{index % len(_ORDER)}"


def style_sheet() -> str:
    """The classes of the picture's elements."""
    dark = "".join(f"  {rule}\n" for rule in _colours(DARK, band=0.42).splitlines())
    return f"{_TYPE}{_colours(LIGHT, band=0.24)}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


_TYPE = f"""text {{ font-family: {SANS}; font-size: 13px; }}
.heading {{ font-size: 24px; font-weight: 600; }}
.title {{ font-size: 15px; font-weight: 600; }}
.large {{ font-size: 17px; font-weight: 600; }}
.small {{ font-size: 11.5px; }}
.end {{ text-anchor: end; }}
.middle {{ text-anchor: middle; }}
.grid {{ fill: none; stroke-width: 1; }}
.edge {{ fill: none; stroke-width: 1.8; stroke-linejoin: round; }}
.over {{ fill: none; stroke-width: 1.4; stroke-dasharray: 5 4; }}
.page, .frame {{ stroke-width: 1; }}
.frame {{ fill: none; }}
"""


def _colours(palette: Palette, band: float) -> str:
    rules = [
        f".page {{ fill: {palette['page']}; stroke: {palette['page-edge']}; }}",
        f".frame, .grid {{ stroke: {palette['page-edge']}; }}",
        f".heading, .title, .large, .prose {{ fill: {palette['text']}; }}",
        f".over {{ stroke: {palette['text']}; }}",
        f".muted {{ fill: {palette['muted']}; }}",
        f".solid-text {{ fill: {palette['page']}; }}",
    ]
    for index, kind in enumerate(_ORDER):
        colour = palette[kind].split()[0]
        rules += [
            f".band.tone-{index} {{ fill: {colour}; fill-opacity: {band}; }}",
            f".solid.tone-{index} {{ fill: {colour}; }}",
            f".edge.tone-{index} {{ stroke: {colour}; }}",
        ]
    return "\n".join(rules) + "\n"
