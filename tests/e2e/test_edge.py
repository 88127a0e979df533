"""What the gateway and the service behind it answer to bad requests: a problem document, and nothing else happens."""

import json
from typing import Any
from uuid import uuid4

import jwt
import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric import rsa

from local import seed
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e

GOOD = {"ccpServiceItemId": str(seed.PRODUCT_ID), "amount": 1}


class Caller:
    """Sends raw requests as one customer."""

    def __init__(self, platform: Platform, customer: seed.DemoCustomer) -> None:
        self.platform, self.customer, self.token = platform, customer, platform.token(customer)
        self.http = urllib3.PoolManager(retries=False, timeout=30)
        self.body = GOOD | {"subscriptionId": str(customer.subscription_id)}

    def send(self, body: object, *, token: str | None = "", method: str = "POST", path: str = "/create-order") -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token}"
        return self.http.request(method, self.platform.shop.api_url + path, body=raw, headers=headers)

    def stored(self) -> tuple[int, int]:
        """Orders in the database and sales at the CCP."""
        return self.platform.rows("SELECT count(*) FROM sales_order")[0][0], len(self.platform.sales())


@pytest.fixture(scope="module")
def caller(platform: Platform, people: dict[str, seed.DemoCustomer]) -> Caller:
    return Caller(platform, people["mueller"])


BAD_BODIES: dict[str, object] = {
    "not JSON": b"{amount: 1}",
    "nested 100k deep": b"[" * 100_000,
    "10 MB": b" " * 10_000_000,
    "NaN amount": b'{"amount": NaN}',
}
BAD_FIELDS: dict[str, dict[str, object]] = {
    "amount 0": {"amount": 0},
    "amount -1": {"amount": -1},
    "amount 1e9": {"amount": 10**9},
    "unknown field": {"price": 0},
    "no GUID": {"subscriptionId": "mine"},
    "unknown product": {"ccpServiceItemId": str(uuid4())},
    "unknown subscription": {"subscriptionId": str(uuid4())},
}


@pytest.mark.parametrize("name", [*BAD_BODIES, *BAD_FIELDS])
def test_a_bad_request_is_a_problem_and_leaves_nothing(caller: Caller, name: str) -> None:
    before = caller.stored()
    refused(caller.send(BAD_BODIES[name] if name in BAD_BODIES else caller.body | BAD_FIELDS[name]))
    assert caller.stored() == before


def test_an_answer_before_the_bodys_end_is_never_taken_for_a_broken_service(caller: Caller) -> None:
    assert [refused(caller.send(b" " * 10_000_000)) for _ in range(10)] == [413] * 10


def test_another_customers_subscription_is_not_found(caller: Caller, people: dict[str, seed.DemoCustomer]) -> None:
    before = caller.stored()
    answer = caller.send(caller.body | {"subscriptionId": str(people["siam"].subscription_id)})
    assert refused(answer) == 404
    assert caller.stored() == before


def forged(caller: Caller, **changes: object) -> str:
    """The customer's own token, changed and signed by somebody else."""
    claims = jwt.decode(caller.token, options={"verify_signature": False}) | changes
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, "RS256", headers={"kid": jwt.get_unverified_header(caller.token)["kid"]})


@pytest.mark.parametrize("kind", ["none", "rubbish", "forged", "unsigned", "altered"])
def test_no_or_a_bad_token_is_unauthorized(caller: Caller, kind: str) -> None:
    before = caller.stored()
    claims = jwt.decode(caller.token, options={"verify_signature": False})
    tokens = {
        "none": None,
        "rubbish": "abc",
        "forged": forged(caller),
        "unsigned": jwt.encode(claims, "", "none"),
        "altered": caller.token[:-8] + "AAAAAAAA",
    }
    assert refused(caller.send(caller.body, token=tokens[kind])) == 401
    assert caller.stored() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/create-order"),
        ("DELETE", "/orders/00000000-0000-4000-8000-000000000000"),
        ("PUT", "/orders"),
        ("GET", "/healthz"),
        ("GET", "/docs"),
    ],
)
def test_only_the_declared_routes_are_reachable(caller: Caller, method: str, path: str) -> None:
    assert refused(caller.send(b"", method=method, path=path)) in (404, 405)


def refused(answer: Any) -> int:
    assert 400 <= answer.status < 500, answer.data
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.data)
    assert problem["status"] == answer.status
    assert problem["type"].startswith("https://docs.cloud-sales.example/problems/")
    return int(answer.status)
