"""The page: complete in itself, true to the document, and nothing of the document ever becomes markup."""

import copy
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.portal.generate import DOCUMENT
from services.portal.page import render
from services.portal.web import create_app

Node = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Node:
    read: Node = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(DOCUMENT.read_bytes()).test_client()


class Outline(HTMLParser):
    """The addresses within a page, and those that it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if tag == "a" else []
        self.loaded += [given[name] or "" for name in ("src", "srcset", "data") if name in given]
        self.loaded += [given["href"] or ""] if tag == "link" else []


@pytest.fixture(scope="module")
def outline(document: Node) -> Outline:
    return Outline(render(document).html.decode())


def test_every_link_within_the_page_has_its_place_and_every_place_its_own_name(outline: Outline) -> None:
    assert len(outline.ids) == len(set(outline.ids))
    assert {link for link in outline.links if link.startswith("#")} <= {f"#{place}" for place in outline.ids}


def test_nothing_else_is_ever_asked_for(outline: Outline) -> None:
    assert outline.loaded == ["data:,"]
    assert {link for link in outline.links if not link.startswith("#")} == {"/openapi.json"}


def test_every_operation_and_every_problem_is_there(document: Node, outline: Outline) -> None:
    assert {one["operationId"] for one in operations(document)} <= set(outline.ids)
    for response in document["components"]["responses"].values():
        slugs = response["content"]["application/problem+json"]["examples"]
        assert {f"problems/{slug}" for slug in slugs} <= set(outline.ids)


def operations(document: Node) -> list[Node]:
    return [one for item in document["paths"].values() for name, one in item.items() if name != "parameters"]


def test_a_step_that_is_no_operation_is_noticed_at_the_start(document: Node) -> None:
    without = copy.deepcopy(document)
    del without["paths"]["/identity/sign-in"]
    with pytest.raises(LookupError, match="Sign in"):
        render(without)


def test_no_text_of_the_document_becomes_markup(document: Node) -> None:
    hostile = copy.deepcopy(document)
    for one in operations(hostile):
        one["summary"] = one["description"] = "<script>alert(1)</script> `<b>`"
    html = render(hostile).html.decode()
    assert html.count("<script>") == 1
    assert "<code>&lt;b&gt;</code>" in html


def test_the_page_runs_and_shows_nothing_but_its_own(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:", policy)
    assert not re.search(r"<[a-z]+[^>]* (style|on[a-z]+)=", answer.text)


@pytest.mark.parametrize("path", ["/", "/openapi.json"])
def test_who_has_it_already_is_not_sent_it_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_document_is_served_as_it_was_written(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    assert (answer.mimetype, answer.data) == ("application/json", DOCUMENT.read_bytes())


def test_it_is_ready_without_anything_behind_it(client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 200
    assert client.post("/").status_code == 405
