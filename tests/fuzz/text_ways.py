"""Good tokens in which characters are other ones, missing, doubled, or in another place."""

import base64
import json

from tests.fuzz.forge import Forge
from tests.support.issuer import encoded

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SPACES = " \t\n\r\v\f\0\u00a0\u200b\ufeff\u2028"


def flipped_bit(forge: Forge, token: str) -> str:
    parts = list(forge.parts(token))
    which = forge.random.randrange(3)
    bits = bytearray(parts[which])
    bits[forge.random.randrange(len(bits))] ^= 1 << forge.random.randrange(8)
    parts[which] = bytes(bits)
    return ".".join(map(encoded, parts))


def another_character(forge: Forge, token: str) -> str:
    """Also in the last character of a part, where some bits mean nothing."""
    ends = [index - 1 for index, character in enumerate(token) if character == "."] + [len(token) - 1]
    place = forge.pick(forge.random.randrange(len(token)), *ends)
    return token[:place] + forge.random.choice(ALPHABET) + token[place + 1 :]


def cut_or_grown(forge: Forge, token: str) -> str:
    place = forge.random.randrange(len(token))
    if forge.random.random() < 0.5:
        return token[:place] + token[place + forge.random.randint(1, 8) :]
    return token[:place] + "".join(forge.random.choices(ALPHABET + ".", k=forge.random.randint(1, 8))) + token[place:]


def swapped_parts(forge: Forge, token: str) -> str:
    own, other = token.split("."), forge.good().split(".")
    at = forge.random.randrange(1, 3)
    mixed = [*own[:at], other[at], *own[at + 1 :]]
    shuffled = forge.random.sample(own, 3)
    return ".".join(forge.pick(mixed, shuffled, own[:2], own[1:], own + own[:1], [*own, ""], own + own, own[:1]))


def spaces(forge: Forge, token: str) -> str:
    space = forge.random.choice(SPACES) * forge.random.randint(1, 3)
    place = forge.pick(0, len(token), forge.random.randrange(len(token)), token.index("."), token.rindex(".") + 1)
    spaced = token[:place] + space + token[place:]
    return forge.text(
        f"Bearer {spaced}", f"Bearer  {token}", f"Bearer\t{token}", f" Bearer {token}", f"Bearer {token} "
    )


def another_spelling(forge: Forge, token: str) -> str:
    """What lenient decoders take for the same bytes."""
    header, payload, signature = token.split(".")
    last = ALPHABET.index(signature[-1])
    # 256 bytes leave 2 characters at the end, of which the last has 4 bits that mean nothing.
    malleable = signature[:-1] + ALPHABET[last ^ forge.random.randint(1, 15)]
    doubled = base64.urlsafe_b64encode(signature.encode()).decode().rstrip("=")
    return ".".join(
        forge.pick(
            (header, payload, malleable),
            (header, payload, signature + "=" * forge.random.randint(1, 3)),
            (header + "=", payload + "=", signature + "=="),
            (header, payload + "=" * (-len(payload) % 4 or 1), signature),
            (header, payload, doubled),
            (header, payload, signature.replace("-", "+").replace("_", "/") + "=="),
            (header, payload, "".join(f"%{ord(character):02X}" for character in signature)),
            (header, payload, signature[:76] + "\r\n" + signature[76:]),
            (header, payload, base64.b32encode(signature.encode()).decode()),
            (header, payload, signature.replace("A", "\u0410", 1) if "A" in signature else signature + "\u0410"),
        )
    )


def huge(forge: Forge, token: str) -> str:
    size = forge.random.choice([8_192, 10_000, 70_000])
    document = json.loads(forge.parts(token)[1])
    made: str = forge.pick(
        lambda: token + "A" * size,
        lambda: token + "." * size,
        lambda: "." * size,
        lambda: forge.sign(json.dumps(document | {"x": "a" * size}).encode()),
        lambda: forge.sign(json.dumps(document | {"cognito:groups": ["group"] * size}).encode()),
        lambda: forge.sign(json.dumps(document).encode(), kid="k" * size),
        lambda: forge.sign(json.dumps(document)[:-1].encode() + b', "x": ' + b"[" * 2500 + b"]" * 2500 + b"}"),
    )()
    return made


def another_scheme(forge: Forge, token: str) -> str:
    basic = base64.b64encode(b"operator:" + token.encode()).decode()
    return forge.text(
        f"Basic {basic}", f"Basic {token}", f"Bearer{token}", "Bearer", f"Bearer Bearer {token}", "Bearer "
    )


def other_containers(forge: Forge, token: str) -> str:
    """The same token as JSON, encrypted-looking, or inside another one."""
    header, payload, signature = token.split(".")
    flat = json.dumps({"protected": header, "payload": payload, "signature": signature})
    return forge.text(
        flat, encoded(flat.encode()), f"{token}.{header}.{payload}", f"{header}.{payload}..{signature}",
        forge.sign(token.encode()), forge.sign(token.encode(), cty="JWT"), token[::-1], token.upper(), f'"{token}"',
    )  # fmt: skip
