"""The report: one page with a picture for each scenario, and nothing that it would have to fetch."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from local.picture.drawing.palette import DARK, LIGHT, SANS, Palette
from tests.drill.scenario import Result
from tests.drill.summary import COLUMNS, cells, words
from tests.drill.timeline import draw


@dataclass(frozen=True)
class Circumstances:
    """Of what the report is.

    Attributes:
        commit: that was played.
        rate: orders a second.
        seconds: that the whole took.
    """

    day: str
    commit: str
    command: str
    rate: float
    cores: int
    seconds: float


def page(results: Sequence[Result], of: Circumstances) -> str:
    """The whole page."""
    verdict = "held" if all(result.held for result in results) else "BROKEN"
    parts = [
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>The drill: {verdict}</title><style>{_style()}</style></head><body>",
        "<h1>The drill: two regions under load</h1>",
        f"<p>{escape(told(of))}</p>",
        _table(results),
        *(_section(number, result) for number, result in enumerate(results)),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def told(of: Circumstances) -> str:
    """The circumstances in words."""
    return (
        f"Played on {of.day} at commit {of.commit} on {of.cores} shared cores in {of.seconds / 60:.0f} minutes: "
        f"{of.rate:g} orders a second through the front, each repeated with its key until it is answered. "
        f"To repeat it: {of.command}."
    )


def _table(results: Sequence[Result]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in COLUMNS)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells(result)) + "</tr>\n" for result in results
    )
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _section(number: int, result: Result) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in words(result))
    findings = "".join(f"<li class='bad'>{escape(finding)}</li>" for finding in result.findings[:40])
    # A page has one namespace of ids, and each picture would bring the same ones.
    picture = draw(result.scenario.title, result.recording).replace(' id="', f' id="s{number}-')
    return (
        f"<section><h2>{escape(result.scenario.title)}</h2><p>{escape(result.scenario.what)}</p>"
        f"<div class='wide'>{picture}</div><ul>{lines}{findings}</ul></section>"
    )


def _style() -> str:
    return (
        f"body {{ font: 15px/1.5 {SANS}; max-width: 1240px; margin: 2em auto; padding: 0 1em; }}\n"
        "table { border-collapse: collapse; } td, th { padding: 4px 10px; text-align: left; vertical-align: top; }\n"
        ".wide { overflow-x: auto; } svg { max-width: 100%; height: auto; } section { margin-top: 3em; }\n"
        f"{_colours(LIGHT)}@media (prefers-color-scheme: dark) {{ {_colours(DARK)} }}\n"
    )


def _colours(palette: Palette) -> str:
    return (
        f"body {{ background: {palette['page']}; color: {palette['text']}; }} "
        f"td, th {{ border-bottom: 1px solid {palette['page-edge']}; }} .bad {{ color: {palette['dead']}; }}\n"
    )
