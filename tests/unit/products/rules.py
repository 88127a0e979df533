"""Margin rules and products to test with."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from services.products.margins import Item, Rule

DAY = date(2026, 11, 22)
OFFICE = Item(UUID("0b35a9f6-6f0e-5d0a-9c56-8a3f1f0c2d11"), "Nimbus", "Nimbus Office Business")


def rule(
    percent: str = "18",
    *,
    product_id: UUID | None = None,
    vendor: str | None = None,
    name_pattern: str | None = None,
    minimum: str = "0",
    below: bool = False,
    valid_from: date = date(2026, 1, 1),
    valid_until: date | None = None,
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC),
) -> Rule:
    return Rule(
        uuid4(),
        product_id,
        vendor,
        name_pattern,
        Decimal(percent),
        Decimal(minimum),
        below,
        valid_from,
        valid_until,
        created_at,
    )
