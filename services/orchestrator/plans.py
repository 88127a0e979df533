"""What a restart does to an order: decided from plain facts, without touching anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.common.orders import State
from services.orchestrator.stages import Facts, Handover, Stage, good_state, waits_at

RENDER_SECONDS = 60
"""How much later a mail is handed over than the PDF that it waits for."""


class Effect(StrEnum):
    """What a restart comes to."""

    RESTART = "restart"
    REPLAY = "replay"
    NONE = "none"
    REFUSED = "refused"


@dataclass(frozen=True)
class Step:
    """One payload to hand over again; `reopen` takes back that its work is done."""

    path: str
    reopen: bool
    delay_seconds: int = 0


@dataclass(frozen=True)
class Plan:
    """What is to happen, and why, in words for the operator; `state` is the one that a parked order goes back to."""

    effect: Effect
    stage: Stage | None
    why: str
    state: State | None = None
    steps: tuple[Step, ...] = ()
    ask_ccp: bool = False


def touched(facts: Facts, stage: Stage, *, document_lost: bool) -> tuple[Handover, ...]:
    """The handovers that a restart of the stage may need: its own, and for a lost PDF those it is rendered from."""
    if document_lost and stage is Stage.EMAIL:
        return (*facts.of(Stage.DOCUMENT), *facts.of(stage))
    return facts.of(stage)


def plan(facts: Facts, stage: Stage | None, *, document_lost: bool = False) -> Plan:
    """What a restart of the stage comes to.

    Args:
        facts: the order.
        stage: where to restart; None for the stage that the order waits at.
        document_lost: the order's PDF is not in S3 any more, or not the one that was written.
    """
    chosen = stage or waits_at(facts)
    if facts.state is State.REJECTED:
        return Plan(Effect.REFUSED, chosen, "the CCP has refused this order for good")
    if facts.state is State.CANCELLED:
        return Plan(Effect.REFUSED, chosen, "its customer has cancelled this order before it was invoiced")
    if chosen is None:
        return _finished(facts)
    if chosen is Stage.ORDER:
        return _purchase(facts)
    return _handover(facts, chosen, document_lost=document_lost)


def rescue(facts: Facts) -> Plan:
    """What becomes of an order that has stood still although nothing of it is on its way.

    Its open payloads are handed over again, with the tries that the relay has left for them; without one there is
    nothing to go on with, and a person has to look.
    """
    at = waits_at(facts)
    if at is None or at is Stage.ORDER or not facts.of(at):
        found = "every stage is done" if at is None else f"no payload leads to the stage '{at}'"
        return Plan(Effect.REFUSED, at, f"the order stands at {facts.state}, but {found}")
    return Plan(Effect.RESTART, at, f"the stage '{at}' is handed over again", None, _steps(_open(facts.of(at))))


def _steps(entries: Iterable[Handover], delay_seconds: int = 0) -> tuple[Step, ...]:
    return tuple(Step(entry.path, not entry.done, delay_seconds) for entry in entries)


def _finished(facts: Facts) -> Plan:
    state = good_state(facts)
    if facts.state is State.PARKED:
        return Plan(Effect.RESTART, None, f"every stage is done; the order is {state} from now on", state)
    return Plan(Effect.NONE, None, "every stage is done")


def _handover(facts: Facts, stage: Stage, *, document_lost: bool) -> Plan:
    entries, state, at = facts.of(stage), good_state(facts), waits_at(facts)
    if not entries:
        return Plan(Effect.REFUSED, stage, f"the order has not reached the stage '{stage}'; it waits at '{at}'")
    if broken := [entry.path for entry in touched(facts, stage, document_lost=document_lost) if not entry.intact]:
        return Plan(Effect.REFUSED, stage, f"the database's copy of {broken[0]} is not the one that was written")
    if document_lost and stage in (Stage.DOCUMENT, Stage.EMAIL):
        return _render_again(facts, stage, state)
    if facts.done(stage):
        why = f"the stage '{stage}' is done: it is handed over once more and the inbox makes that a no-op"
        return Plan(Effect.REPLAY, stage, why, state if at is None else None, _steps(entries))
    why = f"the stage '{stage}' is handed over again; the order is {state}"
    return Plan(Effect.RESTART, stage, why, state, _steps(_open(entries)))


def _purchase(facts: Facts) -> Plan:
    if facts.of(Stage.INVOICE):
        return Plan(Effect.NONE, Stage.ORDER, "the CCP has sold already; it is never asked again")
    if facts.state is State.RESERVED:
        return Plan(Effect.NONE, Stage.ORDER, "the order service asks the CCP by itself until it knows the outcome")
    why = "the order service asks the CCP again, with the same key"
    return Plan(Effect.RESTART, Stage.ORDER, why, State.RESERVED, ask_ccp=True)


def _render_again(facts: Facts, chosen: Stage, state: State) -> Plan:
    """The same payload gives the same bytes, so rendering it twice changes nothing but that the PDF is back."""
    render = tuple(Step(entry.path, reopen=True) for entry in facts.of(Stage.DOCUMENT))
    if chosen is Stage.DOCUMENT:
        return Plan(Effect.RESTART, chosen, "the PDF is lost: it is rendered again, byte for byte", state, render)
    if facts.done(Stage.EMAIL):
        return Plan(Effect.NONE, chosen, "the mail is sent; restart 'document' to have its lost PDF rendered again")
    why = f"the PDF is lost: it is rendered again, and {RENDER_SECONDS} s later the stage 'email' is handed over again"
    return Plan(Effect.RESTART, chosen, why, state, (*render, *_steps(_open(facts.of(chosen)), RENDER_SECONDS)))


def _open(entries: Iterable[Handover]) -> tuple[Handover, ...]:
    return tuple(entry for entry in entries if not entry.done)
