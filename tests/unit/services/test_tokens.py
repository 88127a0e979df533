"""Access tokens: one good one, and every way of making a bad one."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from services.common.errors import Unauthorized, Unavailable
from services.common.settings import TokenSettings
from services.common.tokens import MAX_LIFETIME_SECONDS, TokenVerifier

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"
CLIENT = "client-1"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SUBJECT = uuid4()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An issuer that publishes its keys."""
    jwk = json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "use": "sig", "alg": "RS256"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/eu-west-1_abc/.well-known/jwks.json" else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"keys": [jwk]}).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def settings(endpoint: str) -> TokenSettings:
    return TokenSettings.read({"TOKEN_ISSUER": ISSUER, "TOKEN_CLIENT_ID": CLIENT, "AWS_ENDPOINT_URL": endpoint})


@pytest.fixture(scope="module")
def verifier(endpoint: str) -> TokenVerifier:
    return TokenVerifier(settings(endpoint))


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "sub": str(SUBJECT),
        "client_id": CLIENT,
        "token_use": "access",
        "iat": now,
        "exp": now + 600,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", kid: str = "k1", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid})


def test_a_good_token_names_its_user(verifier: TokenVerifier) -> None:
    assert verifier.verify(f"Bearer {token()}").subject == SUBJECT


def test_groups_come_from_the_token_and_are_none_without_the_claim(verifier: TokenVerifier) -> None:
    assert verifier.verify(f"Bearer {token()}").groups == frozenset()
    changes: dict[str, Any] = {"cognito:groups": ["operator", "other"]}
    given = token(**changes)
    assert verifier.verify(f"Bearer {given}").groups == {"operator", "other"}


@pytest.mark.parametrize("groups", ["operator", {"operator": True}, ["operator", 1]], ids=str)
def test_groups_of_another_form_are_refused(verifier: TokenVerifier, groups: object) -> None:
    changes: dict[str, Any] = {"cognito:groups": groups}
    with pytest.raises(Unauthorized):
        verifier.verify(f"Bearer {token(**changes)}")


NOW = int(time.time())
BAD = {
    "nothing": "",
    "another scheme": f"Basic {token()}",
    "no token": "Bearer ",
    "rubbish": "Bearer abc",
    "three parts of rubbish": "Bearer a.b.c",
    "alg none": f"Bearer {jwt.encode(claims(), '', 'none', headers={'kid': 'k1'})}",
    "HS256": f"Bearer {token('x' * 32, 'HS256')}",
    "another key": f"Bearer {token(OTHER_KEY)}",
    "unknown key id": f"Bearer {token(kid='k2')}",
    "expired": f"Bearer {token(iat=NOW - 4000, exp=NOW - 3600)}",
    "no expiry": f"Bearer {token(exp=None)}",
    "expiry as text": f"Bearer {token(exp=str(NOW + 600))}",
    "expiry as float": f"Bearer {token(exp=NOW + 600.5)}",
    "endless": f"Bearer {token(exp=NOW + MAX_LIFETIME_SECONDS + 600)}",
    "issued tomorrow": f"Bearer {token(iat=NOW + 86400, exp=NOW + 86500)}",
    "another issuer": f"Bearer {token(iss=ISSUER + 'd')}",
    "another client": f"Bearer {token(client_id='client-2')}",
    "an id token": f"Bearer {token(token_use='id')}",
    "no subject": f"Bearer {token(sub=None)}",
    "subject is no user id": f"Bearer {token(sub='root')}",
    "cut": f"Bearer {token()[:-4]}",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(verifier: TokenVerifier, name: str) -> None:
    with pytest.raises(Unauthorized):
        verifier.verify(BAD[name])


def test_without_the_issuers_keys_nobody_gets_in() -> None:
    with pytest.raises(Unavailable):
        TokenVerifier(settings("http://127.0.0.1:1")).verify(f"Bearer {token()}")


def test_in_the_cloud_the_keys_are_read_from_the_issuer_itself() -> None:
    cloud = TokenSettings.read({"TOKEN_ISSUER": ISSUER, "TOKEN_CLIENT_ID": CLIENT})
    assert cloud.jwks_url == f"{ISSUER}/.well-known/jwks.json"


@pytest.mark.parametrize("keys", [b"<html>busy</html>", b'{"keys": []}'])
def test_an_issuer_that_answers_no_keys_is_no_refusal(keys: bytes) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(Unavailable):
            TokenVerifier(settings(f"http://127.0.0.1:{server.server_port}")).verify(f"Bearer {token()}")
    finally:
        server.shutdown()
        server.server_close()
