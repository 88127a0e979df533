"""How far an order is, from plain facts.

The facts are what the database can prove: a stage is done when its consumer has committed its effect together with its
inbox row. An order's last good state follows from them, whatever its state column says.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.common.orders import State


class Stage(StrEnum):
    """A step of the pipeline, named after the queue that leads to it; `order` is the purchase at the CCP."""

    ORDER = "order"
    INVOICE = "invoice"
    DOCUMENT = "document"
    EMAIL = "email"


_WAY = ((Stage.INVOICE, State.INVOICED), (Stage.DOCUMENT, State.DOCUMENTED), (Stage.EMAIL, State.EMAILED))


@dataclass(frozen=True)
class Handover:
    """One payload of a stage: an outbox row with what its consumer's inbox row says.

    Attributes:
        done: the stage's effect is committed.
        intact: the database's copy still has the hash under which it was written.
    """

    stage: Stage
    path: str
    done: bool
    intact: bool


@dataclass(frozen=True)
class Facts:
    """An order as the database proves it; its handovers by revision, and then in the order in which they were made."""

    order_id: UUID
    state: State
    handovers: tuple[Handover, ...]

    def of(self, stage: Stage) -> tuple[Handover, ...]:
        """The handovers of one stage."""
        return tuple(entry for entry in self.handovers if entry.stage is stage)

    def done(self, stage: Stage) -> bool:
        """Whether nothing of the stage is left to do."""
        return bool(self.of(stage)) and all(entry.done for entry in self.of(stage))


def good_state(facts: Facts) -> State:
    """The furthest state that the order has reached for sure."""
    if not facts.of(Stage.INVOICE):
        return State.RESERVED
    reached = State.CONFIRMED
    for stage, state in _WAY:
        # The first payload of a stage is the order's own; later ones belong to its credit notes.
        if not facts.of(stage) or not facts.of(stage)[0].done:
            break
        reached = state
    return reached


def waits_at(facts: Facts) -> Stage | None:
    """The stage that the order waits for; None if all are done."""
    if not facts.of(Stage.INVOICE):
        return Stage.ORDER
    return next((stage for stage, _ in _WAY if not facts.done(stage)), None)
