"""The circuit breaker: who may call when, for every order of events and with a clock of the test's own."""

from hypothesis import given
from hypothesis import strategies as st

from services.common.ccp.breaker import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LONGEST_RETRY_AFTER_SECONDS,
    PROBE_SECONDS,
    THRESHOLD,
    Closed,
    HalfOpen,
    Open,
    State,
    admit,
    failed,
    succeeded,
    wait,
)


def after_failures(count: int, now: float = 0.0) -> State:
    state: State = Closed()
    for _ in range(count):
        state = failed(state, now)
    return state


def test_failures_in_a_row_open_it_and_a_success_between_them_does_not() -> None:
    assert after_failures(THRESHOLD - 1) == Closed(THRESHOLD - 1)
    assert after_failures(THRESHOLD) == Open(FIRST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS)
    assert failed(succeeded(after_failures(THRESHOLD - 1)), 0.0) == Closed(1)


def test_while_open_nobody_calls_and_everybody_hears_how_long() -> None:
    state = after_failures(THRESHOLD)
    assert admit(state, 1.0) == (state, FIRST_PAUSE_SECONDS - 1)
    assert wait(state, 1.0) == FIRST_PAUSE_SECONDS - 1


def test_after_the_pause_one_call_finds_out() -> None:
    state, seconds = admit(after_failures(THRESHOLD), FIRST_PAUSE_SECONDS)
    assert seconds == 0.0
    assert isinstance(state, HalfOpen)
    assert admit(state, FIRST_PAUSE_SECONDS + 1) == (state, PROBE_SECONDS - 1)
    assert succeeded(state) == Closed()


def test_a_probe_that_died_does_not_close_it_for_ever() -> None:
    state, _ = admit(after_failures(THRESHOLD), FIRST_PAUSE_SECONDS)
    assert admit(state, FIRST_PAUSE_SECONDS + PROBE_SECONDS)[1] == 0.0


def test_each_failed_probe_doubles_the_pause_up_to_a_limit() -> None:
    state, now, pauses = after_failures(THRESHOLD), 0.0, []
    for _ in range(6):
        pauses.append(wait(state, now))
        now += pauses[-1]
        state = failed(admit(state, now)[0], now)
    assert pauses == [5, 10, 20, 40, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]


def test_one_retry_after_opens_it_for_so_long_but_not_for_days() -> None:
    assert wait(failed(Closed(), 0.0, 30.0), 0.0) == 30
    assert wait(failed(Closed(), 0.0, 1e9), 0.0) == LONGEST_RETRY_AFTER_SECONDS
    assert failed(Closed(), 0.0, 0.0) == Closed(1)


def test_late_answers_neither_shorten_nor_forget_what_the_ccp_asked_for() -> None:
    asked = failed(Closed(), 0.0, 30.0)
    assert succeeded(asked) == asked
    assert failed(asked, 1.0) == asked
    assert wait(failed(asked, 1.0, 60.0), 1.0) == 60


def test_a_ccp_that_is_down_for_two_hours_is_called_about_once_a_minute() -> None:
    state: State = Closed()
    calls = 0
    for now in range(7200):
        state, seconds = admit(state, float(now))
        if seconds == 0.0:
            calls += 1
            state = failed(state, float(now))
    assert THRESHOLD < calls < THRESHOLD + 4 + 7200 / LONGEST_PAUSE_SECONDS
    state, seconds = admit(state, 7200.0 + LONGEST_PAUSE_SECONDS)
    assert seconds == 0.0
    assert succeeded(state) == Closed()


EVENTS = st.lists(
    st.tuples(st.sampled_from(["ask", "succeed", "fail", "wish"]), st.floats(0, 100, allow_nan=False)), max_size=60
)


@given(EVENTS)
def test_never_two_probes_at_once_and_never_shut_for_ever(events: list[tuple[str, float]]) -> None:
    state: State = Closed()
    now, probe_since = 0.0, None
    for event, seconds in events:
        now += seconds
        before = state
        if event == "ask":
            state, refused = admit(state, now)
            assert refused >= 0
            if refused == 0 and not isinstance(before, Closed):
                assert probe_since is None or now - probe_since >= PROBE_SECONDS
                probe_since = now
        elif event == "succeed":
            state = succeeded(state)
        else:
            state = failed(state, now, 7.0 if event == "wish" else None)
        if not isinstance(state, HalfOpen):
            probe_since = None
        assert wait(state, now) <= max(PROBE_SECONDS, LONGEST_PAUSE_SECONDS)
