"""The one page, made from the OpenAPI document: complete in itself, so that nothing else is ever asked for."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.common.errors import PROBLEM_BASE
from services.portal.lesson import PYTHON, STEPS, Step
from services.portal.reading import Reader, Refusal, Shown
from services.portal.words import Node

ORIGIN = "https://api.cloud-sales.example"
"""What the page calls the API until it knows from where it was read."""

_TEMPLATES = Path(__file__).with_name("templates")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Page:
    """The page, and the policy under which a browser may show it and nothing else."""

    html: bytes
    policy: str


def render(document: Node) -> Page:
    """The page of the document.

    Raises:
        LookupError: a step of the lesson is no operation of the document.
    """
    style, script = (_TEMPLATES.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "page.js"))
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"marked": _marked, "sentence": _sentence}
    html = environment.get_template("page.html").render(
        **_view(document), style=style, script=script, origin=ORIGIN, python=PYTHON, problem_base=PROBLEM_BASE
    )
    directives = ("default-src 'none'", f"style-src '{_hash(style)}'", f"script-src '{_hash(script)}'", "img-src data:")
    closed = ("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
    return Page(html.strip().encode(), "; ".join((*directives, *closed)))


def _view(document: Node) -> Mapping[str, Any]:
    reader = Reader(document)
    operations = tuple(reader.operations())
    return {
        "info": document["info"],
        "services": [
            {
                "name": tag["name"],
                "purpose": tag["description"],
                "operations": [one for one in operations if one.service == tag["name"]],
            }
            for tag in document["tags"]
        ],
        "steps": [_step(step, operations) for step in STEPS],
        "problems": _problems(operations),
        "shapes": {shape.name: shape for shape in reader.shapes()},
    }


def _step(step: Step, operations: tuple[Shown, ...]) -> Mapping[str, Any]:
    for operation in operations:
        if operation.name == step.operation:
            sample = operation.samples[0]
            command = sample.command.replace(f'{operation.path}"', f'{operation.path}{step.query}"')
            kept = f"{command}\n{step.keep}" if step.keep else command
            return {"title": step.title, "about": step.about, "operation": operation, "command": kept,
                    "answer": None if step.query else sample.answer}  # fmt: skip
    raise LookupError(f"the step {step.title!r} names no operation: {step.operation}")


def _problems(operations: tuple[Shown, ...]) -> list[Refusal]:
    found = {refusal.slug: refusal for operation in operations for refusal in operation.refusals}
    return sorted(found.values(), key=lambda refusal: (refusal.status, refusal.slug))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _marked(text: str) -> Markup:
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped right here


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
