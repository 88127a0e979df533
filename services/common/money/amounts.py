"""Money: decimal amounts that always have exactly the decimals of their currency.

One rounding mode holds everywhere: half up, that is away from zero (2.665 -> 2.67, -2.665 -> -2.67), whatever the
thread's decimal context says. Floats are refused, because 2.675 as a float is already less than 2.675.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from typing import Self

from services.common.money.currencies import decimals_of

_LIMIT = Decimal(10) ** 15
_NUMERAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])
_HALF_UP = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation])


class MoneyError(ValueError):
    """The amount cannot be money: not a decimal, too large, too precise, or of another currency."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency, below 10^15 in size.

    Raises:
        MoneyError: the amount is no finite decimal, is too large, or has more decimals than the currency.
        UnknownCurrencyError: ISO 4217 has no such currency.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        amount = quantized(_finite(self.amount), self.currency)
        if amount != self.amount:
            raise MoneyError(
                f"{self.amount} has more decimals than {self.currency}, which has {decimals_of(self.currency)}: "
                "round it on purpose with Money.rounded"
            )
        object.__setattr__(self, "amount", amount)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        """The amount rounded half up to the currency's decimals."""
        return cls(quantized(_finite(amount), currency), currency)

    @classmethod
    def priced(cls, unit_price: Decimal, quantity: int, currency: str) -> Self:
        """Quantity times unit price, computed exactly and rounded once; a unit price may be finer than the currency."""
        return cls.rounded(_EXACT.multiply(_finite(unit_price), _factor(quantity)), currency)

    @classmethod
    def nearest(cls, amount: Fraction, currency: str) -> Self:
        """The exact amount rounded half up to the currency's decimals."""
        decimals = decimals_of(currency)
        units = int(abs(amount) * 10**decimals + Fraction(1, 2))
        return cls(Decimal(f"{-units if amount < 0 else units}E-{decimals}"), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in that currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def parse(cls, numeral: str, currency: str) -> Self:
        """Reads a plain numeral such as "1234.50": no separators, no exponent, no more decimals than the currency."""
        return cls(parse_decimal(numeral), currency)

    def __add__(self, other: Self) -> Self:
        return type(self)(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> Self:
        return type(self)(_EXACT.minus(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Self:
        """The product, computed exactly and rounded once."""
        return type(self).rounded(_EXACT.multiply(self.amount, _factor(factor)), self.currency)

    def split(self, weights: Sequence[Decimal | int]) -> tuple[Self, ...]:
        """Shares in proportion to the weights that sum exactly to this amount.

        The units left over by rounding down go to the shares with the largest remainders, the earlier share first.

        Raises:
            MoneyError: no weights, a negative one, or all zero.
        """
        parts = [Fraction(_factor(weight)) for weight in weights]
        total = sum(parts)
        if not total or min(parts) < 0:
            raise MoneyError("a split needs weights of zero or more with a sum above zero")
        decimals = decimals_of(self.currency)
        units = abs(int(self.amount.scaleb(decimals, context=_EXACT)))
        exact = [units * part / total for part in parts]
        shares = [int(share) for share in exact]
        by_remainder = sorted(range(len(parts)), key=lambda index: (shares[index] - exact[index], index))
        for index in by_remainder[: units - sum(shares)]:
            shares[index] += 1
        sign = -1 if self.amount < 0 else 1
        return tuple(
            type(self)(Decimal(sign * share).scaleb(-decimals, context=_EXACT), self.currency) for share in shares
        )

    def formatted(self) -> str:
        """The amount as documents print it: "1,234.50", without the currency."""
        return f"{self.amount:,f}"

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: Self) -> Decimal:
        if other.currency != self.currency:
            raise MoneyError(f"{self} and {other} cannot be combined: convert one of them first")
        return other.amount


def quantized(amount: Decimal, currency: str) -> Decimal:
    """The amount with exactly the currency's decimals, rounded half up."""
    if not amount.copy_abs() < _LIMIT:
        raise MoneyError(f"{amount} {currency} is too large: amounts stay below {_LIMIT:,f}")
    rounded = amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), context=_HALF_UP)
    return _EXACT.add(rounded, Decimal(0))  # turns -0.00 into 0.00


def parse_decimal(numeral: str) -> Decimal:
    """Reads a plain decimal numeral of at most 15 digits before and 12 after the point.

    Raises:
        MoneyError: anything else, for example "1e3", "1,000" or "NaN".
    """
    if not _NUMERAL.fullmatch(numeral):
        raise MoneyError(f"{numeral!r} is no plain decimal number such as '1234.50'")
    return Decimal(numeral)


def _factor(value: Decimal | int) -> Decimal:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return _finite(Decimal(value) if whole else value)


def _finite(amount: object) -> Decimal:
    if not isinstance(amount, Decimal):
        raise MoneyError(f"{amount!r} is a {type(amount).__name__}: money is computed with Decimal only")
    if not amount.is_finite():
        raise MoneyError(f"{amount} is not a finite amount")
    return amount
