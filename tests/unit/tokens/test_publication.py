"""Where keys are read from, and which of them count."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from services.common.settings import Issuer, TokenSettings
from services.common.tokens.publication import Publication, Unreadable
from tests.support.issuer import CLIENT, ISSUER, JWKS_PATH, KID, TestIssuer, jwk, new_key, running_issuer

OWN = "https://login.shop.example/realm"


def test_in_the_cloud_the_issuer_is_asked_where_its_keys_are() -> None:
    issuers = json.dumps([{"issuer": ISSUER, "clientIds": [CLIENT]}])
    assert TokenSettings.read({"TOKEN_ISSUERS": issuers}).issuers[0].jwks_url is None


def test_only_a_user_pool_moves_to_the_endpoint_of_the_environment() -> None:
    given = [
        {"issuer": ISSUER, "clientIds": [CLIENT]},
        {"issuer": OWN, "clientIds": [CLIENT]},
        {"issuer": ISSUER + "2", "clientIds": [CLIENT], "jwksUrl": "https://keys.example"},
    ]
    environment = {"TOKEN_ISSUERS": json.dumps(given), "AWS_ENDPOINT_URL": "http://127.0.0.1:4566/"}
    located = [issuer.jwks_url for issuer in TokenSettings.read(environment).issuers]
    assert located == [f"http://127.0.0.1:4566{JWKS_PATH}", None, "https://keys.example"]


class Discovered(Publication):
    """Its https addresses lead to a server on loopback."""

    def __init__(self, server: TestIssuer) -> None:
        super().__init__(Issuer.model_validate({"issuer": OWN, "clientIds": [CLIENT]}))
        self._server = server

    def _get(self, url: str) -> dict[str, Any]:
        return super()._get(url.replace("https://login.shop.example", self._server.url))


def discovery(server: TestIssuer, **changes: Any) -> Discovered:
    document = {"issuer": OWN, "jwks_uri": f"https://login.shop.example{JWKS_PATH}"} | changes
    server.documents["/realm/.well-known/openid-configuration"] = json.dumps(document).encode()
    return Discovered(server)


def test_the_discovery_document_names_the_keys_address() -> None:
    with running_issuer() as server:
        keys = discovery(server).read()
        assert keys[KID].public_numbers() == server.keys[KID].public_key().public_numbers()
        assert server.asked == ["/realm/.well-known/openid-configuration", JWKS_PATH]


@pytest.mark.parametrize(
    "changes",
    [{"issuer": "https://evil.example"}, {"jwks_uri": "http://login.shop.example/keys"}, {"jwks_uri": 7}],
    ids=["of another issuer", "plain http", "no address"],
)
def test_a_discovery_document_that_cannot_be_trusted_names_nothing(changes: dict[str, Any]) -> None:
    with running_issuer() as server, pytest.raises(Unreadable):
        discovery(server, **changes).read()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>busy</html>",
        b"[]",
        b"7",
        b"{}",
        b'{"keys": []}',
        b'{"keys": {}}',
        b'{"keys": [7]}',
        b'{"keys": [{"kty": "RSA", "kid": "k1", "n": "!", "e": "AQAB"}]}',
        b"[" * 100_000,
        b'{"keys": [], "padding": "' + b"x" * 600_000 + b'"}',
        b"\xff",
    ],
    ids=lambda body: body[:12].decode(errors="replace"),
)
def test_an_answer_without_a_key_is_an_outage(body: bytes) -> None:
    with running_issuer() as server:
        server.documents[JWKS_PATH] = body
        with pytest.raises(Unreadable):
            Publication(server.settings().issuers[0]).read()


def test_an_issuer_that_nobody_hears_is_an_outage() -> None:
    issuer = Issuer.model_validate({"issuer": OWN, "clientIds": [CLIENT], "jwksUrl": "http://127.0.0.1:1/keys"})
    with pytest.raises(Unreadable):
        Publication(issuer).read()


def test_keys_of_another_use_kind_or_strength_sign_nothing() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    curve = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()))
    private = json.loads(RSAAlgorithm.to_jwk(new_key()))
    with running_issuer() as server:
        others = [
            jwk(new_key(), "encrypts") | {"use": "enc"},
            jwk(new_key(), "other algorithm") | {"alg": "RS512"},
            jwk(short, "short"),
            curve | {"kid": "curve"},
            private | {"kid": "private"},
            {"kty": "oct", "k": "c2VjcmV0", "kid": "shared", "alg": "HS256"},
            {name: value for name, value in jwk(new_key(), "").items() if name != "kid"},
        ]
        server.documents[JWKS_PATH] = json.dumps({"keys": [*others, jwk(server.keys[KID], KID)]}).encode()
        assert Publication(server.settings().issuers[0]).read().keys() == {KID}
