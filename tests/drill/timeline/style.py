"""The style sheet: the colours of the sun's picture for regions, and those of errors and marks."""

from local.picture.drawing.palette import DARK, LIGHT, Palette
from local.sun.style import style_sheet as of_the_sun


def style_sheet() -> str:
    """The classes of the picture's elements."""
    dark = "".join(f"  {rule}\n" for rule in _further(DARK).splitlines())
    return f"{of_the_sun()}{_SHAPES}{_further(LIGHT)}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


_SHAPES = """.column { stroke: none; }
.mark { fill: none; stroke-width: 1.2; stroke-dasharray: 3 3; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.sick { stroke: none; }
"""


def _further(palette: Palette) -> str:
    red, green = palette["dead"], palette["bucket"].split()[0]
    return "\n".join(
        (
            f".error, .sick, .two {{ fill: {red}; }}",
            f".two-text {{ fill: {palette['page']}; }}",
            f".unknown {{ fill: {palette['page-edge']}; }}",
            f".none {{ fill: {palette['page-edge']}; fill-opacity: 0.45; }}",
            f".mark.done {{ stroke: {palette['muted']}; }} .said.done {{ fill: {palette['text']}; }}",
            f".mark.fault {{ stroke: {red}; }} .said.fault {{ fill: {red}; }}",
            f".mark.back {{ stroke: {green}; }} .said.back {{ fill: {green}; }}",
            f".window {{ fill: {palette['muted']}; fill-opacity: 0.16; }}",
            "",
        )
    )
