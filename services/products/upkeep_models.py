"""What operators send and get: margin rules, exchange rates and synchronisations."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator

from services.common.api.models import Amount, Answer, Currency, Id, Input, Line, Moment
from services.common.money.currencies import decimals_of
from services.products.changes import Kind

Percent = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,4}(\.[0-9]{1,3})?$")]
Price = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}(\.[0-9]{1,4})?$")]
RateText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,8})?$")]


def _of_iso_4217(code: str) -> str:
    decimals_of(code)
    return code


KnownCurrency = Annotated[Currency, AfterValidator(_of_iso_4217)]


class NewMarginRule(Input):
    """A margin, for one product, for a vendor's, for names, or for all.

    Attributes:
        product_id: for this product alone; then neither vendor nor name.
        vendor: for what this vendor makes.
        name_pattern: for names that match: `*` is any text, `?` any character, upper and lower case are the same.
        markup_percent: on top of what the CCP charges.
        minimum_margin: at least so much on top of it for an item, in the currency in which the CCP charges.
        below_purchase_price: this rule may lead below the purchase price. No other does.
        valid_from: the first day, in UTC.
        valid_until: the last day, in UTC; null for no end.
    """

    product_id: Id | None = None
    vendor: Line | None = None
    name_pattern: Line | None = None
    markup_percent: Percent
    minimum_margin: Price = "0"
    below_purchase_price: bool = False
    valid_from: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.product_id is not None and (self.vendor is not None or self.name_pattern is not None):
            raise ValueError("a rule for one product takes neither vendor nor namePattern")
        if not -100 <= Decimal(self.markup_percent) <= 1000:
            raise ValueError("markupPercent goes from -100 to 1000")
        if Decimal(self.markup_percent) < 0 and not self.below_purchase_price:
            raise ValueError("a negative markupPercent needs belowPurchasePrice")
        if Decimal(self.minimum_margin) > 0 and self.below_purchase_price:
            raise ValueError("belowPurchasePrice and a minimumMargin contradict each other")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("validUntil is before validFrom")
        return self


class MarginRuleAnswer(Answer):
    """A margin rule; the fields are those that it was made with."""

    id: UUID
    product_id: UUID | None
    vendor: str | None
    name_pattern: str | None
    markup_percent: Amount
    minimum_margin: Amount
    below_purchase_price: bool
    valid_from: date
    valid_until: date | None
    created_by: UUID | None
    created_at: Moment


class MarginRulesAnswer(Answer):
    """A page of the margin rules that were not deleted, the oldest first."""

    margin_rules: tuple[MarginRuleAnswer, ...]
    next: str | None


class NewExchangeRate(Input):
    """One unit of `base` is `rate` units of `quote`, from a day on; a second one for a day corrects the first.

    Attributes:
        base: in which the CCP charges.
        quote: in which a legal entity of ours sells.
        source: who says so, for an auditor.
    """

    base: KnownCurrency
    quote: KnownCurrency
    rate: RateText
    valid_from: date
    source: Line

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.base == self.quote:
            raise ValueError("base and quote are the same currency")
        if Decimal(self.rate) == 0:
            raise ValueError("a rate is above 0")
        return self


class ExchangeRateAnswer(Answer):
    """An exchange rate as it was told."""

    id: UUID
    base: Currency
    quote: Currency
    rate: Amount
    valid_from: date
    source: str
    created_by: UUID | None
    created_at: Moment


class ExchangeRatesAnswer(Answer):
    """A page of the exchange rates, the latest told first."""

    exchange_rates: tuple[ExchangeRateAnswer, ...]
    next: str | None


class NewSynchronisation(Input):
    """A comparison of our catalogue with the CCP's.

    Attributes:
        accept_withdrawals: products that the CCP does not list are withdrawn however many they are.
    """

    accept_withdrawals: bool = False


class CatalogueChangeAnswer(Answer):
    """What became of one product; `was` and `now` are prices with their currency, or names."""

    product_id: UUID
    name: str
    change: Kind
    was: str | None
    now: str | None


class SynchronisationAnswer(Answer):
    """A comparison of our catalogue with the CCP's.

    Attributes:
        asked_by: the operator who wanted it; null for one that was due.
        reason: why it failed.
        listed: how many services the CCP had.
        counts: how many changes of each kind it made. HELD_BACK counts products that the CCP does not list and that
            stay for sale, since they are too many or the list cannot be read in full.
        changes: the first of them, one by one.
    """

    id: UUID
    state: Literal["WAITING", "RUNNING", "DONE", "FAILED"]
    asked_by: UUID | None
    accept_withdrawals: bool
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    reason: str | None
    listed: int | None
    counts: dict[Kind, int]
    changes: tuple[CatalogueChangeAnswer, ...]


class SynchronisationsAnswer(Answer):
    """A page of the comparisons, the latest first. Of those that changed nothing only the last one is kept."""

    synchronisations: tuple[SynchronisationAnswer, ...]
    next: str | None
