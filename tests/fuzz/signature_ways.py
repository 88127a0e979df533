"""Tokens whose signature is none, somebody else's, or to be checked as the token says."""

import hashlib
import hmac
import json

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fuzz.forge import WRONG, Forge
from tests.support.issuer import KID, encoded, jwk, signed


def unsigned(forge: Forge, token: str) -> str:
    _, payload, signature = forge.parts(token)
    header = {"alg": forge.pick("none", "None", "NONE", "nOnE", "", None, 0, "RS256", ["none"]), "kid": KID}
    ending = forge.pick(b"", b"", b"x", signature if header["alg"] != "RS256" else b"")
    return f"{encoded(json.dumps(header).encode())}.{encoded(payload)}.{encoded(ending)}"


def public_key_as_secret(forge: Forge, token: str) -> str:
    public = forge.issuer.keys[KID].public_key()
    secret = forge.pick(
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).strip(),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        json.dumps(jwk(forge.issuer.keys[KID], KID)).encode(),
        json.dumps({"keys": [jwk(forge.issuer.keys[KID], KID)]}).encode(),
        str(public.public_numbers().n).encode(),
        b"",
    )
    name, digest = forge.pick(("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512))
    header = json.dumps({"alg": forge.pick(name, name, "RS256"), "kid": KID}).encode()
    text = f"{encoded(header)}.{token.split('.')[1]}"
    return f"{text}.{encoded(hmac.new(secret, text.encode(), digest).digest())}"


def another_algorithm(forge: Forge, token: str) -> str:
    """With the right key too: what an algorithm is worth is not for the token to say."""
    payload, key = token.split(".")[1], forge.issuer.keys[KID]
    name, padded, digest = forge.pick(
        ("RS384", padding.PKCS1v15(), SHA384()),
        ("RS512", padding.PKCS1v15(), SHA512()),
        ("PS256", padding.PSS(padding.MGF1(SHA256()), 32), SHA256()),
        ("PS384", padding.PSS(padding.MGF1(SHA384()), 48), SHA384()),
        ("rs256", padding.PKCS1v15(), SHA256()),
        ("RS256 ", padding.PKCS1v15(), SHA256()),
        ("ES256", None, SHA256()),
        ("EdDSA", None, SHA256()),
    )
    header = encoded(json.dumps({"alg": forge.pick(name, name, "RS256"), "kid": KID}).encode())
    text = f"{header}.{payload}".encode()
    if padded is None:
        return f"{text.decode()}.{encoded(forge.curve.sign(text, ec.ECDSA(digest)))}"
    if isinstance(padded, padding.PKCS1v15) and isinstance(digest, SHA256):
        header = encoded(json.dumps({"alg": name, "kid": KID}).encode())
        text = f"{header}.{payload}".encode()
    return f"{text.decode()}.{encoded(key.sign(text, padded, digest))}"


def strangers_key(forge: Forge, token: str) -> str:
    """Signed by somebody else, who brings the key along in every way there is."""
    own = jwk(forge.stranger, KID)
    brought = forge.pick(
        {},
        {"jwk": own},
        {"jku": "https://evil.example/keys.json"},
        {"x5u": "https://evil.example/certificate.pem"},
        {"x5c": ["MIIB"]},
        {"iss": "https://evil.example"},
        {"jwk": own, "jku": "https://evil.example", "crit": ["jwk"]},
    )
    members = json.dumps({"alg": "RS256", "kid": forge.pick(KID, KID, "stranger")} | brought).encode()
    return signed(forge.stranger, members, forge.parts(token)[1])


def key_brought_along(forge: Forge, token: str) -> str:
    """Even the issuer's own signature does not excuse a header that names a key."""
    name = forge.pick(
        "jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty", "p2c", "epk", "apu", "url", "nonce"
    )
    return forge.sign(forge.parts(token)[1], **{name: forge.pick(*WRONG, jwk(forge.stranger, KID))})


def another_key_id(forge: Forge, token: str) -> str:
    unknown = (
        "k2", "", " ", KID + " ", KID.upper(), KID + "\0", "../" + KID, "' OR '1'='1", "https://evil.example", "k" * 300
    )  # fmt: skip
    kid = forge.pick(*unknown, None, 1, True, [KID], {"kid": KID}, str(forge.random.getrandbits(64)))
    return forge.sign(forge.parts(token)[1], kid=kid)
