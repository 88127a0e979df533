"""Tokens that the issuer has signed and that are not for us, not of now, not of a person, or no claims at all."""

import json

from services.common.tokens import CLOCK_LEEWAY_SECONDS, MAX_LIFETIME_SECONDS
from tests.fuzz.forge import WRONG, Forge
from tests.support.issuer import CLIENT, ISSUER, KID, SERVICE_CLIENT, encoded, signed

MUST = ("iss", "sub", "client_id", "token_use", "iat", "exp")


def for_somebody_else(forge: Forge, token: str) -> str:
    other = forge.pick(
        {"iss": forge.pick(ISSUER + "/", ISSUER + "2", ISSUER.upper(), " " + ISSUER, [ISSUER], "https://evil.example")},
        {"client_id": forge.pick("client-2", CLIENT + " ", CLIENT.upper(), [CLIENT], "", None)},
        {"client_id": None, "azp": forge.pick("client-2", [CLIENT], "")},
        {"client_id": "client-2", "azp": CLIENT},
        {"aud": forge.pick(CLIENT, [CLIENT], "other", ["other", CLIENT], "https://api.cloud-sales.example")},
    )
    return forge.issuer.token(**other)


def of_another_kind(forge: Forge, token: str) -> str:
    """Id and refresh tokens, and what has no kind."""
    identified = {"aud": CLIENT, "client_id": None, "email": "a@shop.example"}
    kind = forge.pick(
        {"token_use": "id", **identified},
        {"token_use": None, **identified},
        {"token_use": "id"},
        {"token_use": "refresh"},
        {"token_use": forge.pick("Access", "access ", "ACCESS", "", ["access"], True, 1)},
        {"token_use": None},
        {"client_id": SERVICE_CLIENT, "token_use": "id"},
    )
    return forge.issuer.token(header=forge.pick({}, {"typ": "JWT"}, {"typ": "id+jwt"}), **kind)


def of_another_type(forge: Forge, token: str) -> str:
    """One claim has a value of another type, or is missing."""
    document = json.loads(forge.parts(token)[1])
    name = forge.pick(*MUST, "nbf", "scope", "cognito:groups")
    if name in MUST and forge.random.random() < 0.1:
        del document[name]
        return forge.sign(json.dumps(document).encode())
    # Any text is a scope: none of ours, but no fault either.
    wrong = [value for value in WRONG if name != "scope" or not isinstance(value, str)]
    present = document.get(name, document["iat"])
    # What a lenient reader would take for the right number.
    alike = [str(present), float(present), f" {present}", f"{present}.0"] * 3 if isinstance(present, int) else []
    document[name] = forge.pick(*wrong, *alike, [str(present)], [present, 1])
    if name == "cognito:groups":
        document[name] = forge.pick("operator", {"operator": 1}, ["operator", 1], [None], 1, True, None, [["operator"]])
    return forge.sign(json.dumps(document).encode())


def of_another_time(forge: Forge, token: str) -> str:
    now = json.loads(forge.parts(token)[1])["iat"]
    late, long = CLOCK_LEEWAY_SECONDS + 60, MAX_LIFETIME_SECONDS
    some = forge.random.randint(0, 10**9)
    times = forge.pick(
        {"iat": now - late - 3600 - some, "exp": now - late - some},
        {"iat": now, "exp": now - 1 - some},
        {"iat": now, "exp": now},
        {"iat": now, "exp": now + long + 1 + some},
        {"iat": now + late + some, "exp": now + late + 600 + some},
        {"nbf": now + late + some},
        {"exp": forge.pick(-1, -some, 2**53, 2**63, 2**64, 10**18, now * 1000, 0)},
        {"iat": forge.pick(-1, -some, 2**53, now * 1000)},
        {"iat": now - long, "exp": now + late},
    )
    return forge.issuer.token(**times)


def somebody_unnamed(forge: Forge, token: str) -> str:
    subject = json.loads(forge.parts(token)[1])["sub"]
    spelt = (subject.upper(), f"{{{subject}}}", f"urn:uuid:{subject}", subject.replace("-", ""), subject + " ")
    odd = (subject[:-1], subject + "0", subject.replace("0", "\u0660"), "root", "*", "%", "null", "0", "' OR 1=1--")
    return forge.issuer.token(sub=forge.pick(*spelt, *odd))


def twice_the_same_key(forge: Forge, token: str) -> str:
    header, payload, _ = forge.parts(token)
    document = json.loads(payload)
    name = forge.random.choice(list(document))
    double = json.dumps({name: forge.pick(document[name], document[name], *WRONG)})[1:-1].encode()
    if forge.random.random() < 0.3:
        header = header[:-1] + b", " + forge.pick(b'"alg": "RS256"', b'"kid": "k1"', b'"alg": "none"') + b"}"
        return signed(forge.issuer.keys[KID], header, payload)
    bad = forge.pick(b"{" + double + b", " + payload[1:], payload[:-1] + b", " + double + b"}")
    return signed(forge.issuer.keys[KID], header, bad)


def no_object(forge: Forge, token: str) -> str:
    """JSON of another kind, or no JSON, in the place of header or claims."""
    header, payload, _ = forge.parts(token)
    odd = forge.pick(
        b"[" + payload + b"]", b"null", b"1", b'"' + encoded(payload).encode() + b'"', b"", b"\xff" + payload,
        payload[:-1], payload + b"{}", payload.replace(b'"', b"'"), b"[" * 3000, payload[:-1] + b', "x": NaN}',
        b'{"exp": ' + b"9" * 5000 + b"}", payload[:-1] + b', "x": Infinity}', payload[:-1] + b",}", b"\x00" + payload,
    )  # fmt: skip
    if forge.random.random() < 0.3:
        return signed(forge.issuer.keys[KID], odd, payload)
    return signed(forge.issuer.keys[KID], header, odd)
