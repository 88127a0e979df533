"""What a company must never see: every name, number, id and key of another one's rows, looked for in every answer."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from werkzeug.test import TestResponse

from tests.fuzz.town import Town

SHORTEST = 8
"""Anything shorter is found by chance."""


class Secrets:
    """What `theirs` has and `mine` has not."""

    def __init__(self, town: Town, mine: str, theirs: str) -> None:
        known = set(texts(town.rows(mine).values()))
        hidden = set(texts(town.rows(theirs).values())) | set(_license_keys(town, theirs))
        public = town.ask("nobody", "GET", "/openapi.json").text
        self.texts = sorted(text for text in hidden - known if len(text) >= SHORTEST and text not in public)
        assert len(self.texts) > 50, "nothing to look for"
        self._forms = [(text, text.encode(), json.dumps(text)[1:-1].encode()) for text in self.texts]

    def seen(self, answer: TestResponse, given: str) -> list[str]:
        """Those that the answer shows though the request did not name them."""
        data = str(answer.headers).encode() + answer.data
        return [
            text for text, plain, escaped in self._forms if (plain in data or escaped in data) and text not in given
        ]

    def within(self, rows: object) -> list[str]:
        """Those that have found their way into these rows."""
        here = set(texts([rows]))
        return [text for text in self.texts if text in here]


def texts(values: Iterable[object]) -> Iterator[str]:
    """Every text and id in the values, however deep."""
    for value in values:
        if isinstance(value, dict):
            yield from texts(value.values())
        elif isinstance(value, list | tuple):
            yield from texts(value)
        elif isinstance(value, str):
            yield value


def _license_keys(town: Town, company: str) -> Iterator[str]:
    orders = {row["id"] for row in town.rows(company)["sales_order"]}
    sales: list[dict[str, Any]] = town.mall.simulator.sales()
    for sale in sales:
        if sale["reference"] in orders:
            yield from (entry["key"] for entry in sale["answer"]["licenseKeys"])
