"""An OpenID Connect issuer on loopback: it publishes keys, signs whatever it is asked to, and can fall silent."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import RSAAlgorithm

from services.common.settings import TokenSettings

POOL = "eu-west-1_abc"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
CLIENT = "client-1"
SERVICE_CLIENT = "service-1"
KID = "k1"
SUBJECT = UUID("5b3f9c58-0d3f-4c44-9c4e-0d7a3f6f0a11")
JWKS_PATH = f"/{POOL}/.well-known/jwks.json"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    published: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return published | {"kid": kid, "use": "sig", "alg": "RS256"}


def claims(**changes: Any) -> dict[str, Any]:
    """A person's good claims with changes; None takes a claim away."""
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "sub": str(SUBJECT),
        "client_id": CLIENT,
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "iat": now,
        "exp": now + 600,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def signed(key: rsa.RSAPrivateKey, header: bytes, payload: bytes) -> str:
    """A compact token over exactly these bytes; PyJWT would refuse to make most of what has to be refused."""
    text = f"{encoded(header)}.{encoded(payload)}"
    return f"{text}.{encoded(key.sign(text.encode(), PKCS1v15(), SHA256()))}"


class TestIssuer:
    """The issuer; `documents` is what it answers by path, and `asked` every path that was asked for."""

    __test__ = False

    def __init__(self) -> None:
        self.keys = {KID: new_key()}
        self.documents: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.status = 200
        self.url = ""
        self.publish()

    def publish(self) -> None:
        self.documents[JWKS_PATH] = json.dumps({"keys": [jwk(key, kid) for kid, key in self.keys.items()]}).encode()

    def token(self, kid: str = KID, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token whose signature holds; in the header, too, None takes a member away."""
        members = {"alg": "RS256", "kid": kid} | (header or {})
        present = {name: value for name, value in members.items() if value is not None}
        return signed(self.keys[kid], json.dumps(present).encode(), json.dumps(claims(**changes)).encode())

    def settings(self, **changes: Any) -> TokenSettings:
        issuer = {"issuer": ISSUER, "clientIds": [CLIENT], "serviceClientIds": [SERVICE_CLIENT], **changes}
        return TokenSettings.read({"TOKEN_ISSUERS": json.dumps([issuer]), "AWS_ENDPOINT_URL": self.url})


@contextlib.contextmanager
def running_issuer() -> Iterator[TestIssuer]:
    """An issuer that listens until the end of the block."""
    issuer = TestIssuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            known = self.path in issuer.documents
            self.send_response(issuer.status if known else 404)
            self.end_headers()
            self.wfile.write(issuer.documents.get(self.path, b""))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
