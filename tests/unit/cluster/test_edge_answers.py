"""The edge as a client meets it: a real Envoy before a tiny pod and a tiny user pool."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from local.cluster.edge.backends import Backend, Entry
from local.cluster.edge.config import edge_config
from local.cluster.edge.gateway import Authorizer, Operation
from local.cluster.probes import Probe
from tests.unit.cluster import tokens
from tests.unit.cluster.envoy import LIMIT_SECONDS, Answer, Upstream, ask, free_port, running, upstream

ORDER = {"order": 1}
AUTHORIZER = Authorizer("api", tokens.ISSUER, (tokens.CLIENT,))
OPERATIONS = (
    Operation("POST", "/create-order", AUTHORIZER),
    Operation("GET", "/orders/{id}", AUTHORIZER),
    Operation("GET", "/open", None, (("x-client-address", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),)),
)


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return tokens.signing_key()


@pytest.fixture(scope="module")
def pod() -> Iterator[Upstream]:
    answers: dict[str, tuple[int, Any]] = {
        "/readyz": (200, {}),
        "/open": (200, {}),
        "/orders/1": (200, ORDER),
        "/orders/forbidden": (403, {"mine": True}),
        "/create-order": (201, ORDER),
    }
    with upstream(answers) as server:
        yield server


@pytest.fixture(scope="module")
def edge(key: RSAPrivateKey, pod: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with (
        upstream({tokens.KEYS_PATH: (200, tokens.published(key))}) as pool,
        running(*_config(pod, pool.address), tmp_path_factory.mktemp("edge")) as url,
    ):
        _until(lambda: ask(f"{url}/open").status == 200)
        yield url


def _config(pod: Upstream, keys: tuple[str, int]) -> tuple[dict[str, Any], int]:
    port = free_port()
    health = Probe("/readyz", pod.port, period_seconds=0.1, timeout_seconds=1, failure_threshold=1)
    entry = Entry("/*", backend=Backend("order:80", (pod.address,), health))
    return edge_config(OPERATIONS, [entry], [], ("127.0.0.1", port), keys), port


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def _get(edge: str, token: str | None) -> Answer:
    return ask(f"{edge}/orders/1", token=token)


def test_a_valid_token_leads_to_the_pod(edge: str, key: RSAPrivateKey, pod: Upstream) -> None:
    access = tokens.token(key)
    answer = _get(edge, access)
    assert (answer.status, answer.document) == (200, ORDER)
    assert pod.requests("/orders/1")[-1]["authorization"] == f"Bearer {access}"


def test_a_pod_is_told_the_client_s_address_and_not_what_a_client_says_of_it(edge: str, pod: Upstream) -> None:
    assert ask(f"{edge}/open", X_Client_Address="203.0.113.7").status == 200
    assert pod.requests("/open")[-1]["x-client-address"] == "127.0.0.1"


def test_no_token_is_unauthorized(edge: str) -> None:
    answer = _get(edge, None)
    assert answer.problem() == (401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"},
        {"client_id": "client-of-others"},
        {"client_id": None},
        {"aud": "client-of-others"},
        {"aud": ["client-of-others"]},
    ],
    ids=["expired", "not yet valid", "issuer", "client", "no client", "audience before client", "audiences"],
)
def test_a_token_that_is_not_for_us_is_unauthorized(edge: str, key: RSAPrivateKey, changed: dict[str, Any]) -> None:
    answer = _get(edge, tokens.token(key, **changed))
    assert answer.problem() == (401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("audience", [tokens.CLIENT, ["another", tokens.CLIENT]])
def test_an_audience_of_ours_is_as_good_as_a_client(edge: str, key: RSAPrivateKey, audience: object) -> None:
    assert _get(edge, tokens.token(key, aud=audience, client_id=None)).status == 200


def test_a_forged_token_is_unauthorized(edge: str) -> None:
    assert _get(edge, tokens.token(tokens.signing_key())).problem() == (401, "unauthorized")


def test_an_unsigned_token_is_unauthorized(edge: str) -> None:
    claims = {"iss": tokens.ISSUER, "client_id": tokens.CLIENT, "exp": int(time.time()) + 600}
    assert _get(edge, jwt.encode(claims, "", algorithm="none")).problem() == (401, "unauthorized")


def test_a_token_in_the_address_does_not_count(edge: str, key: RSAPrivateKey) -> None:
    assert ask(f"{edge}/orders/1?access_token={tokens.token(key)}").problem() == (401, "unauthorized")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/readyz"),
        ("GET", "/create-order"),
        ("PUT", "/orders/1"),
        ("GET", "/orders"),
        ("GET", "/orders/"),
        ("GET", "/orders/1/lines"),
        ("POST", "/create-order/"),
    ],
)
def test_what_is_not_declared_is_not_found(edge: str, key: RSAPrivateKey, method: str, path: str) -> None:
    assert ask(f"{edge}{path}", method, tokens.token(key)).problem() == (404, "not-found")


def test_escaped_slashes_are_refused(edge: str, key: RSAPrivateKey) -> None:
    assert ask(f"{edge}/orders/..%2freadyz", token=tokens.token(key)).problem() == (400, "bad-request")


def test_a_body_that_is_too_large(edge: str, key: RSAPrivateKey, pod: Upstream) -> None:
    before = len(pod.requests("/create-order"))
    body = b"x" * (10 * 1024 * 1024 + 1)
    assert ask(f"{edge}/create-order", "POST", tokens.token(key), body).problem() == (413, "payload-too-large")
    assert len(pod.requests("/create-order")) == before


def test_headers_that_are_too_large(edge: str, key: RSAPrivateKey) -> None:
    answer = ask(f"{edge}/orders/1", token=tokens.token(key), x_long="x" * 20_000)
    assert answer.problem() == (431, "headers-too-large")


def test_the_request_id_is_the_edges_own(edge: str, key: RSAPrivateKey, pod: Upstream) -> None:
    answer = ask(f"{edge}/orders/1", token=tokens.token(key), x_request_id="chosen-by-the-client")
    passed_on = pod.requests("/orders/1")[-1]["x-request-id"]
    assert len(passed_on) == 36
    assert answer.headers["x-request-id"] == passed_on


def test_a_pods_own_refusal_passes_unchanged(edge: str, key: RSAPrivateKey) -> None:
    answer = ask(f"{edge}/orders/forbidden", token=tokens.token(key))
    assert (answer.status, answer.document) == (403, {"mine": True})


def test_a_lost_answer_is_not_asked_for_again(edge: str, key: RSAPrivateKey, pod: Upstream) -> None:
    pod.documents["/create-order"] = (0, None)
    before = len(pod.requests("/create-order"))
    answer = ask(
        f"{edge}/create-order", "POST", tokens.token(key), b"{}", x_envoy_retry_on="reset,5xx", x_envoy_max_retries="3"
    )
    assert answer.problem() == (503, "unavailable")
    assert len(pod.requests("/create-order")) == before + 1


def test_a_pod_that_is_not_ready_gets_nothing(edge: str, pod: Upstream) -> None:
    pod.documents["/readyz"] = (503, {})
    try:
        _until(lambda: ask(f"{edge}/open").status == 503)
        asked = len(pod.requests("/open"))
        assert ask(f"{edge}/open").problem() == (503, "unavailable")
        assert len(pod.requests("/open")) == asked
    finally:
        pod.documents["/readyz"] = (200, {})
        _until(lambda: ask(f"{edge}/open").status == 200)


def test_without_the_pools_keys_nobody_comes_in(key: RSAPrivateKey, pod: Upstream, tmp_path: Path) -> None:
    with running(*_config(pod, ("127.0.0.1", free_port())), tmp_path) as url:
        before = len(pod.requests("/orders/1"))
        assert _get(url, tokens.token(key)).problem() == (503, "unavailable")
        assert len(pod.requests("/orders/1")) == before
