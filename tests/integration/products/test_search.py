"""Finding products: by the beginnings of words, by their English forms, by vendor, page by page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry import Caller
from tests.integration.products.conftest import Shelf, entry

ENTRIES = [
    entry("Nimbus Office Business", description="Desktop applications and team calls."),
    entry("Nimbus Office Essentials", description="Mail in the browser."),
    entry("Harbourlight Backup", vendor="Harbourlight", description="Encrypted copies of your servers."),
    entry("Quillstack Sign", vendor="Quillstack", description="Qualified electronic signatures."),
]


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    shelf.ccp.entries = list(ENTRIES)
    shelf.synchronise()
    return shelf


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("office", ["Nimbus Office Business", "Nimbus Office Essentials"]),
        ("Off bus", ["Nimbus Office Business"]),
        ("OFFICE essentials", ["Nimbus Office Essentials"]),
        ("encrypting", ["Harbourlight Backup"]),
        ("signature", ["Quillstack Sign"]),
        ("harbour", ["Harbourlight Backup"]),
        ("call", ["Nimbus Office Business"]),
        ("office' | 'sign", []),
        ("nothing of the kind", []),
        ("!!!", []),
        ("%", []),
    ],
)
def test_a_word_is_found_from_its_beginning_or_in_its_english_forms(
    stocked: Shelf, typed: str, found: list[str]
) -> None:
    assert stocked.names(q=typed) == found


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_whatever_is_typed_is_a_search_or_refused(stocked: Shelf, typed: str) -> None:
    assert stocked.ask("/products", q=typed).status_code in (200, 400)


def test_a_vendor_s_products_alone(stocked: Shelf) -> None:
    assert stocked.names(vendor="Quillstack") == ["Quillstack Sign"]
    assert stocked.names(vendor="Nimbus", q="mail") == ["Nimbus Office Essentials"]
    assert stocked.names(vendor="nobody") == []


@pytest.mark.parametrize("who", ["liffey", Caller.OPERATOR.value])
def test_the_catalogue_comes_by_name_and_page_by_page(stocked: Shelf, who: str) -> None:
    whole = stocked.names(who=who)
    assert whole == sorted(whole)
    pages: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = stocked.get("/products", who=who, limit=2, **cursor)
        assert len(page["products"]) <= 2
        pages += [product["name"] for product in page["products"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert pages == whole


@pytest.mark.parametrize("cursor", ["x", "eyJ9", "bm9uZQ==", "e30="])
def test_a_cursor_that_we_did_not_give_is_refused(stocked: Shelf, cursor: str) -> None:
    assert stocked.ask("/products", cursor=cursor).status_code == 400


def test_a_product_that_there_is_not_is_not_found(stocked: Shelf) -> None:
    for path in ("/products/2786d9fb-aa4e-4778-8abb-11a546852728", "/products/mine"):
        assert stocked.ask(path).status_code == 404
        assert stocked.ask(f"{path}/prices").status_code == 404
