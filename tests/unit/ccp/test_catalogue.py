from pathlib import Path

import pytest
from flask.testing import FlaskClient

from local.ccp.catalogue import CATALOGUE, Product, load_catalogue


def test_the_catalogue_has_about_thirty_products_at_whole_cents() -> None:
    products = load_catalogue().values()
    assert len(products) >= 30
    assert all(product.unit_price.as_tuple().exponent == -2 and product.currency == "EUR" for product in products)


def test_a_repeated_id_is_refused(tmp_path: Path) -> None:
    twice = tmp_path / "catalogue.json"
    entry = CATALOGUE.read_text().splitlines()[1].rstrip(",")
    twice.write_text(f"[{entry}, {entry}]")
    with pytest.raises(ValueError, match="occurs twice"):
        load_catalogue(twice)


def test_the_list_and_the_single_service_agree(client: FlaskClient, product: Product) -> None:
    listed = client.get("/services").json
    assert listed is not None
    single = client.get(f"/services/{product.id}").json
    assert single == listed["services"][0]
    assert single == {
        "id": str(product.id),
        "vendor": product.vendor,
        "name": product.name,
        "description": product.description,
        "unitPrice": "5.60",
        "currency": "EUR",
        "unit": "user/month",
    }


@pytest.mark.parametrize("path", ["/services/6a1fd3a5-2f6a-4d0a-8a3e-0d1b1c8c3b11", "/services/nonsense", "/nowhere"])
def test_what_does_not_exist_is_a_problem_document(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
