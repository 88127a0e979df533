"""A CCP that does what a test has scripted, call by call."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from services.common.ccp.transport import Deadline
from services.licensing.ccp import LicenceDesk, Made
from services.licensing.changes import Change, ChangeKind, Extension
from services.licensing.terms import added

LICENCES = tuple(UUID(int=number) for number in range(1, 6))
PRICE = Decimal("11.70")
Step = Callable[["Desk", tuple[UUID, ...]], Made] | Exception


def change(*, attempt: int = 1, extend: bool = False) -> Change:
    """A return of five licences, or an extension of one by 30 days."""
    term = added(date(2026, 8, 31), date(2026, 9, 30))
    return Change(
        id=UUID(int=99),
        kind=ChangeKind.EXTEND if extend else ChangeKind.RETURN,
        customer_id=UUID(int=90),
        subscription_id=UUID(int=91),
        subscription_item_id=UUID(int=92),
        service_id=UUID(int=93),
        license_ids=LICENCES[:1] if extend else LICENCES,
        extension=Extension(term, Decimal(14), "EUR", PRICE, "EUR") if extend else None,
        attempt=attempt,
        parked=False,
    )


class Desk(LicenceDesk):
    """Keeps what it has done, as the CCP's ledger does.

    Attributes:
        steps: what each call comes to; when they are used up, everything is done as asked.
        asked: the key's number and the licences of each call.
        hidden: what looking into the ledger comes to, if not the ledger.
    """

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.ledger: list[Made] = []
        self.asked: list[tuple[int, tuple[UUID, ...]]] = []
        self.hidden: Exception | None = None

    def deadline(self) -> Deadline:
        return Deadline(10)

    def ask(self, change: Change, license_ids: tuple[UUID, ...], renewal: int, deadline: Deadline) -> Made:
        self.asked.append((renewal, license_ids))
        step = self.steps.pop(0) if self.steps else did
        if isinstance(step, Exception):
            raise step
        return step(self, license_ids)

    def made_for(self, change: Change, deadline: Deadline) -> tuple[Made, ...]:
        if self.hidden is not None:
            raise self.hidden
        return tuple(self.ledger)


def made(license_ids: tuple[UUID, ...], **changes: object) -> Made:
    """The CCP's answer, which fits both kinds."""
    members: dict[str, object] = {
        "transaction_id": UUID(int=1000 + len(license_ids)),
        "license_ids": license_ids,
        "timestamp": datetime(2026, 8, 1, tzinfo=UTC),
        "valid_to": date(2026, 9, 30),
        "price_per_item": PRICE,
        "total_price": Decimal("0.96"),
        "discount": 0,
    }
    return Made.model_validate(members | changes)


def did(desk: Desk, license_ids: tuple[UUID, ...]) -> Made:
    """As asked."""
    desk.ledger.append(made(license_ids))
    return desk.ledger[-1]


def did_some(count: int) -> Step:
    """The first few alone."""
    return lambda desk, license_ids: did(desk, license_ids[:count])


def lost(fault: Exception) -> Step:
    """As asked, and the answer is lost."""

    def step(desk: Desk, license_ids: tuple[UUID, ...]) -> Made:
        did(desk, license_ids)
        raise fault

    return step
