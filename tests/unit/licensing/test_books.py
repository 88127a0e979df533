"""Sequences of purchases, increases, returns and extensions: quantity, licences and money agree after each of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count as counter
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from services.common.money.amounts import Money
from services.common.money.proration import prorated
from services.licensing.choice import Held, choose
from services.licensing.credits import PaidLicence, credits_of
from services.licensing.terms import TERM_DAYS, Paid, Term, extension, joining

PRICE = Decimal("13.8372")
CURRENCY = "EUR"
START = date(2026, 1, 1)


@dataclass
class Order:
    """What was invoiced, by the piece, and what was credited of it."""

    term: Term
    pieces: int
    value: Fraction
    credited: Fraction = Fraction(0)
    returned: int = 0

    @property
    def invoiced(self) -> Money:
        return prorated(PRICE, self.pieces, self.term.charged_days, self.term.term_days, CURRENCY)


@dataclass
class Licence:
    ends_on: date
    paid: dict[UUID, Paid] = field(default_factory=dict)
    days: int = 0


class AnItem(RuleBasedStateMachine):
    """One subscription item over the years."""

    def __init__(self) -> None:
        super().__init__()
        self.today = START
        self.live: dict[UUID, Licence] = {}
        self.orders: dict[UUID, Order] = {}
        self.deltas = 0
        self.ids = (UUID(int=number) for number in counter(1))

    def _order(self, term: Term, pieces: int) -> UUID:
        order = next(self.ids)
        value = Fraction(PRICE) * pieces * term.charged_days / term.term_days
        self.orders[order] = Order(term, pieces, value)
        return order

    @rule(count=st.integers(1, 5))
    def more(self, count: int) -> None:
        term = joining(self.today, max((one.ends_on for one in self.live.values()), default=None))
        order = self._order(term, count)
        paid = Paid(term.ends_on, term.charged_days, term.term_days)
        for _ in range(count):
            self.live[next(self.ids)] = Licence(term.ends_on, {order: paid})
        self.deltas += count

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def fewer(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, len(self.live)))
        held = [Held(one, assigned=False, created_at=START) for one in self.live]  # type: ignore[arg-type]
        chosen = choose(held, count, [])
        paid = [PaidLicence(one, order, each) for one in chosen for order, each in self.live[one].paid.items()]
        unused: dict[UUID, int] = defaultdict(int)
        for credit in credits_of(paid, self.today):
            order = self.orders[credit.order_id]
            order.credited += Fraction(PRICE) * credit.pieces * credit.days / credit.paid.term_days
            order.returned += credit.pieces
            unused[credit.order_id] += credit.days * credit.pieces
            request = credit.request(credit.order_id, "EU-000001", "returned")
            assert request.quantities[0].quantity == credit.pieces
        for one in chosen:
            licence = self.live.pop(one)
            left = max(0, (licence.ends_on - self.today).days)
            covered = sum(each.unused(self.today) for each in licence.paid.values())
            assert covered == left, "every day that is left is paid for once, and credited once"
        assert sum(unused.values()) == sum(each.paid.unused(self.today) for each in paid)
        self.deltas -= count

    @precondition(lambda self: any(one.ends_on >= self.today for one in self.live.values()))
    @rule(data=st.data(), days=st.integers(1, TERM_DAYS))
    def longer(self, data: st.DataObject, days: int) -> None:
        running = [one for one, licence in self.live.items() if licence.ends_on >= self.today]
        licence = self.live[data.draw(st.sampled_from(running))]
        term = extension(self.today, licence.ends_on, licence.ends_on + timedelta(days=days))
        order = self._order(term, 1)
        licence.paid[order] = Paid(term.ends_on, term.charged_days, term.term_days)
        licence.ends_on = term.ends_on

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def the_quantity_is_the_sum_of_deltas(self) -> None:
        assert self.deltas == len(self.live)

    @invariant()
    def no_more_is_credited_than_was_invoiced(self) -> None:
        for order in self.orders.values():
            assert 0 <= order.credited <= order.value
            assert order.returned <= order.pieces
            assert Money.nearest(order.credited, CURRENCY).amount <= order.invoiced.amount


def test_quantity_licences_and_money_agree_whatever_happens() -> None:
    run_state_machine_as_test(AnItem, settings=settings(max_examples=60, stateful_step_count=25, deadline=None))
