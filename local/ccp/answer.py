"""The provider's answer to an order, as the JSON text that is kept and replayed byte for byte."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from local.ccp.catalogue import Product
from local.ccp.pricing import price

KEY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without the letters and digits that are mistaken for each other."""


def answer(transaction_id: UUID, product: Product, amount: int, at: datetime) -> str:
    """The answer for a sale of `amount` items, with a new licence key for each."""
    cost = price(product.unit_price, amount)
    return to_json(
        {
            "transactionId": str(transaction_id),
            "serviceItemId": str(product.id),
            "amount": amount,
            "pricePerItem": cost.per_item,
            "totalPrice": cost.total,
            "discount": cost.discount,
            "licenseKeys": [{"id": str(uuid4()), "key": licence_key()} for _ in range(amount)],
            "timestamp": timestamp(at),
        }
    )


def licence_key() -> str:
    """A new key, such as `7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA`."""
    return "-".join("".join(secrets.choice(KEY_ALPHABET) for _ in range(5)) for _ in range(5))


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_json(members: Mapping[str, object]) -> str:
    """A JSON object in which a decimal is a number with just its own digits: 12.50 stays 12.50."""
    texts = (
        f"{json.dumps(name)}: {value if isinstance(value, Decimal) else json.dumps(value)}"
        for name, value in members.items()
    )
    return "{" + ", ".join(texts) + "}"
