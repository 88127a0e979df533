"""Which exchange rate holds on a day."""

from datetime import UTC, date, datetime
from decimal import Decimal

from services.products.rates import Rate, Rates


def rate(value: str, first: date, hour: int = 0) -> Rate:
    return Rate("EUR", "SGD", Decimal(value), first, datetime(2026, 1, 1, hour, tzinfo=UTC))


OLD, NEW = rate("1.4", date(2026, 1, 1)), rate("1.5", date(2026, 6, 1))


def test_the_latest_that_has_begun_holds() -> None:
    assert Rates([NEW, OLD], date(2026, 5, 31)).of("EUR", "SGD") == Decimal("1.4")
    assert Rates([NEW, OLD], date(2026, 6, 1)).of("EUR", "SGD") == Decimal("1.5")


def test_of_two_for_one_day_the_later_one_corrects() -> None:
    slip, correction = rate("15", date(2026, 6, 1), 1), rate("1.5", date(2026, 6, 1), 2)
    assert Rates([correction, slip, OLD], date(2026, 7, 1)).of("EUR", "SGD") == Decimal("1.5")


def test_a_currency_is_worth_itself() -> None:
    assert Rates([], date(2026, 1, 1)).of("JPY", "JPY") == 1


def test_a_rate_is_never_guessed_from_others() -> None:
    rates = Rates([NEW, OLD], date(2026, 7, 1))
    assert rates.of("SGD", "EUR") is None
    assert rates.of("EUR", "JPY") is None
    assert Rates([NEW], date(2026, 5, 31)).of("EUR", "SGD") is None
