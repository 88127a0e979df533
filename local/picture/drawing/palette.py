"""Colours, for readers of light pages and of dark ones, and the style sheet made of them."""

from collections.abc import Mapping

from local.picture.graph import Kind
from local.picture.layout.cards import CODE_SIZE, SMALL_SIZE, TEXT_SIZE, TITLE_SIZE

SANS = '-apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif'
MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

Palette = Mapping[str, str]

LIGHT: Palette = {
    "page": "#ffffff",
    "page-edge": "#d1d9e0",
    "region": "#f6f8fa",
    "text": "#1f2328",
    "muted": "#59636e",
    "flow": "#424a53",
    "dead": "#cf222e",
    Kind.OUTSIDE: "#59636e #ffffff",
    Kind.GATEWAY: "#8250df #faf5ff",
    Kind.USERS: "#8250df #faf5ff",
    Kind.WORKLOAD: "#0969da #f0f7ff",
    Kind.DATABASE: "#1b7c83 #e9f8f8",
    Kind.BUCKET: "#1a7f37 #ebfaee",
    Kind.QUEUE: "#bf3989 #fff2f9",
    Kind.TOPIC: "#bf3989 #fff2f9",
    Kind.MAIL: "#bc4c00 #fff5ed",
}

DARK: Palette = {
    "page": "#0d1117",
    "page-edge": "#3d444d",
    "region": "#151b23",
    "text": "#f0f6fc",
    "muted": "#9198a1",
    "flow": "#b7bdc8",
    "dead": "#f85149",
    Kind.OUTSIDE: "#9198a1 #0d1117",
    Kind.GATEWAY: "#ab7df8 #211a35",
    Kind.USERS: "#ab7df8 #211a35",
    Kind.WORKLOAD: "#4493f8 #111f36",
    Kind.DATABASE: "#39c5cf #0f2529",
    Kind.BUCKET: "#3fb950 #10261a",
    Kind.QUEUE: "#db61a2 #2d1526",
    Kind.TOPIC: "#db61a2 #2d1526",
    Kind.MAIL: "#f0883e #2c1c10",
}


def style_sheet() -> str:
    """The classes of the picture's elements; those of a kind are named after it."""
    dark = "".join(f"  {rule}\n" for rule in _colours(DARK).splitlines())
    return f"{_TYPE}{_colours(LIGHT)}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


_TYPE = f"""text {{ font-family: {SANS}; font-size: {TEXT_SIZE}px; }}
.heading {{ font-size: 24px; font-weight: 600; }}
.title {{ font-size: {TITLE_SIZE}px; font-weight: 600; }}
.small {{ font-size: {SMALL_SIZE}px; }}
.code {{ font-family: {MONO}; font-size: {CODE_SIZE}px; }}
.end {{ text-anchor: end; }}
.middle {{ text-anchor: middle; }}
.line, .halo, .icon {{ fill: none; stroke-linecap: round; stroke-linejoin: round; }}
.line {{ stroke-width: 1.6; }}
.halo {{ stroke-width: 7; stroke-linecap: butt; }}
.icon {{ stroke-width: 1.5; }}
.card {{ stroke-width: 1.4; }}
.annex {{ stroke-width: 1.2; stroke-dasharray: 4 3; }}
.region, .page {{ stroke-width: 1; }}
"""


def _colours(palette: Palette) -> str:
    rules = [
        f".page {{ fill: {palette['page']}; stroke: {palette['page-edge']}; }}",
        f".region {{ fill: {palette['region']}; stroke: {palette['page-edge']}; }}",
        f".halo {{ stroke: {palette['region']}; }}",
        f".heading, .title, .prose, .code {{ fill: {palette['text']}; }}",
        f".muted {{ fill: {palette['muted']}; }}",
        f".line {{ stroke: {palette['flow']}; }}",
        f".head {{ fill: {palette['flow']}; }}",
        f".annex {{ fill: {palette['region']}; stroke: {palette['dead']}; }}",
        f".dead {{ fill: {palette['dead']}; }}",
    ]
    for kind in Kind:
        stroke, fill = palette[kind].split()
        rules.append(f".card.{kind} {{ stroke: {stroke}; fill: {fill}; }}")
        rules.append(f".icon.{kind}, .line.{kind} {{ stroke: {stroke}; }}")
        rules.append(f".head.{kind} {{ fill: {stroke}; }}")
    return "\n".join(rules) + "\n"
