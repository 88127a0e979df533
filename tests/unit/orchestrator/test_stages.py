"""What a restart comes to, for every place at which an order may stand."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.common.orders import State
from services.orchestrator.plans import RENDER_SECONDS, Effect, plan, rescue
from services.orchestrator.stages import Facts, Handover, Stage, good_state, waits_at

WAY = (Stage.INVOICE, Stage.DOCUMENT, Stage.EMAIL)


def order(state: State, *done: bool) -> Facts:
    """An order whose first stages are handed over, each done or not."""
    handovers = tuple(
        Handover(stage, f"{stage}-path", is_done, intact=True) for stage, is_done in zip(WAY, done, strict=False)
    )
    return Facts(UUID(int=1), state, handovers)


PLACES = [
    ((), State.RESERVED, Stage.ORDER),
    ((False,), State.CONFIRMED, Stage.INVOICE),
    ((True,), State.INVOICED, Stage.DOCUMENT),
    ((True, False), State.INVOICED, Stage.DOCUMENT),
    ((True, True, False), State.DOCUMENTED, Stage.EMAIL),
    ((True, True, True), State.EMAILED, None),
]


@pytest.mark.parametrize(("done", "state", "at"), PLACES)
def test_the_last_good_state_follows_from_what_is_done(done: tuple[bool, ...], state: State, at: Stage | None) -> None:
    facts = order(State.PARKED, *done)
    assert good_state(facts) is state
    assert waits_at(facts) is at


@pytest.mark.parametrize("done", [(False,), (True, False), (True, True, False)])
def test_a_parked_order_goes_back_and_its_open_payload_is_handed_over(done: tuple[bool, ...]) -> None:
    facts = order(State.PARKED, *done)
    decided = plan(facts, None)
    assert decided.effect is Effect.RESTART
    assert decided.state is good_state(facts)
    [step] = decided.steps
    assert step.path == f"{WAY[len(done) - 1]}-path"
    assert step.reopen


def test_a_done_stage_is_replayed_and_takes_nothing_back() -> None:
    decided = plan(order(State.EMAILED, True, True, True), Stage.INVOICE)
    assert decided.effect is Effect.REPLAY
    assert [step.reopen for step in decided.steps] == [False]


def test_a_replay_leaves_an_order_parked_that_waits_elsewhere() -> None:
    decided = plan(order(State.PARKED, True, False), Stage.INVOICE)
    assert (decided.effect, decided.state) == (Effect.REPLAY, None)


def test_a_stage_that_is_not_reached_is_refused_and_the_one_it_waits_at_is_named() -> None:
    decided = plan(order(State.PARKED, False), Stage.EMAIL)
    assert decided.effect is Effect.REFUSED
    assert "'invoice'" in decided.why


@pytest.mark.parametrize("final", [State.REJECTED, State.CANCELLED])
def test_an_order_that_has_ended_stays_ended(final: State) -> None:
    for stage in (None, *Stage):
        assert plan(order(final), stage).effect is Effect.REFUSED


def test_the_ccp_is_asked_again_only_about_a_parked_order_without_a_sale() -> None:
    asked = plan(order(State.PARKED), None)
    assert (asked.effect, asked.state, asked.ask_ccp) == (Effect.RESTART, State.RESERVED, True)
    for facts in (order(State.RESERVED), order(State.CONFIRMED, False), order(State.PARKED, True, False)):
        decided = plan(facts, Stage.ORDER)
        assert (decided.effect, decided.ask_ccp, decided.steps) == (Effect.NONE, False, ())


def test_an_order_parked_after_its_mail_went_out_is_only_set_right() -> None:
    decided = plan(order(State.PARKED, True, True, True), None)
    assert (decided.effect, decided.state, decided.steps) == (Effect.RESTART, State.EMAILED, ())
    assert plan(order(State.EMAILED, True, True, True), None).effect is Effect.NONE


def test_a_copy_that_is_not_what_was_written_is_never_handed_over() -> None:
    facts = order(State.PARKED, False)
    spoilt = replace(facts, handovers=(replace(facts.handovers[0], intact=False),))
    assert plan(spoilt, None).effect is Effect.REFUSED


def test_a_lost_pdf_is_rendered_before_its_mail_is_handed_over() -> None:
    decided = plan(order(State.PARKED, True, True, False), None, document_lost=True)
    assert [(step.path, step.reopen, step.delay_seconds) for step in decided.steps] == [
        ("document-path", True, 0),
        ("email-path", True, RENDER_SECONDS),
    ]


def test_a_lost_pdf_of_a_sent_mail_is_rendered_on_request_alone() -> None:
    facts = order(State.EMAILED, True, True, True)
    assert plan(facts, Stage.EMAIL, document_lost=True).effect is Effect.NONE
    decided = plan(facts, Stage.DOCUMENT, document_lost=True)
    assert [step.path for step in decided.steps] == ["document-path"]


def test_a_credit_note_in_work_does_not_take_the_order_back() -> None:
    facts = order(State.EMAILED, True, True, True)
    credited = replace(facts, handovers=(*facts.handovers, Handover(Stage.DOCUMENT, "note", done=False, intact=True)))
    assert good_state(credited) is State.EMAILED
    decided = plan(credited, None)
    assert [step.path for step in decided.steps] == ["note"]


def test_an_order_that_stands_still_is_handed_over_or_given_to_a_person() -> None:
    assert [step.path for step in rescue(order(State.INVOICED, True, False)).steps] == ["document-path"]
    assert rescue(order(State.INVOICED, True)).effect is Effect.REFUSED
    assert rescue(order(State.DOCUMENTED, True, True, True)).effect is Effect.REFUSED
