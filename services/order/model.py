"""The order service's border to the CCP: what it answers, and what a client is told of that."""

from collections.abc import Collection
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from services.common.money.currencies import decimals_of

Guid = Annotated[UUID, Field(strict=False)]

Figure = Annotated[Decimal, Field(max_digits=30)]
"""What may be a price. No sale is refused for being odd, but a number of a megabyte is none."""


class _Border(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)


def _encodable(key: SecretStr) -> SecretStr:
    """A secret's text is not looked into by pydantic itself, which refuses half a character anywhere else."""
    key.get_secret_value().encode()
    return key


class CcpLicense(_Border):
    """A licence key as the CCP issues it; whatever prints this shows asterisks."""

    model_config = ConfigDict(extra="ignore")

    id: Guid
    key: Annotated[SecretStr, Field(min_length=1, max_length=200), AfterValidator(_encodable)]


class CcpSale(_Border):
    """The CCP's answer to its `POST /create-order`; the CCP may add fields at any time, so unknown ones are ignored."""

    model_config = ConfigDict(strict=False, extra="ignore")

    transaction_id: UUID
    service_item_id: UUID
    amount: int = Field(ge=0, le=10**9)
    price_per_item: Figure
    total_price: Figure
    discount: int = Field(ge=0, le=100)
    license_keys: list[CcpLicense]
    timestamp: AwareDatetime


def _storable(reference: object) -> object:
    """What the database can keep of a text that anybody may have written: one odd sale must not end the comparison."""
    if not isinstance(reference, str):
        return reference
    return reference.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:500]


class LedgerEntry(_Border):
    """One sale in the CCP's ledger, as far as a comparison needs it."""

    model_config = ConfigDict(strict=False, extra="ignore")

    transaction_id: UUID
    reference: Annotated[str | None, BeforeValidator(_storable)]
    cancelled_at: AwareDatetime | None


class RecordedOrder(_Border):
    """What was ordered, as the CCP has kept it."""

    model_config = ConfigDict(strict=False, extra="ignore")

    service_id: UUID
    amount: int = Field(ge=1, le=10**9)
    subscription_id: UUID
    customer_id: UUID


class RecordedSale(LedgerEntry):
    """One sale in the CCP's ledger with the answer that it was sold with, and what was asked for if the CCP tells."""

    answer: CcpSale
    order: RecordedOrder | None = None


class RecordedSales(_Border):
    """The CCP's answer to `GET /sales?reference=`."""

    model_config = ConfigDict(strict=False, extra="ignore")

    sales: tuple[RecordedSale, ...]


class LedgerPage(_Border):
    """The CCP's answer to `GET /sales?cursor=`; `next` is the cursor of the page after it, if there is one."""

    model_config = ConfigDict(strict=False, extra="ignore")

    sales: tuple[LedgerEntry, ...]
    next: int | None = Field(ge=0, lt=2**63)


CENT = Decimal("0.01")


def fault_of(
    sale: CcpSale, service_item_id: UUID, amount: int, prices: Collection[Decimal], currency: str
) -> str | None:
    """Why the CCP's answer is not the sale that was ordered at one of these prices an item, or None if it is.

    The total may be off by the rounding of the CCP: the currency's smallest unit, and a cent where that is smaller.
    """
    if sale.service_item_id != service_item_id:
        return f"the CCP sold {sale.service_item_id} instead of {service_item_id}"
    if sale.amount != amount:
        return f"the CCP sold {sale.amount} of {amount} items"
    if len(sale.license_keys) != amount or len({entry.key for entry in sale.license_keys}) != amount:
        return f"the CCP issued {len(sale.license_keys)} licence keys, not {amount} different ones"
    if sale.price_per_item not in prices:
        known = " or ".join(f"{price.normalize():f}" for price in dict.fromkeys(prices))
        return f"the CCP charges {sale.price_per_item} an item instead of {known}"
    total = sale.price_per_item * amount * (100 - sale.discount) / 100
    rounding = max(CENT, Decimal(1).scaleb(-decimals_of(currency)))
    if not total - rounding <= sale.total_price <= total + rounding:
        return f"the CCP's total of {sale.total_price} does not follow from its price, amount and discount"
    return None


def answer_of(sale: CcpSale) -> dict[str, Any]:
    """The client's answer: the CCP's, with `ccpServiceItemId` in the place of `serviceItemId`."""
    return {
        "transactionId": str(sale.transaction_id),
        "ccpServiceItemId": str(sale.service_item_id),
        "amount": sale.amount,
        "pricePerItem": float(sale.price_per_item),
        "totalPrice": float(sale.total_price),
        "discount": sale.discount,
        "licenseKeys": [{"id": str(entry.id), "key": entry.key.get_secret_value()} for entry in sale.license_keys],
        "timestamp": sale.timestamp.isoformat().replace("+00:00", "Z"),
    }
