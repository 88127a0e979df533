"""When the CCP may be called at all: a circuit breaker whose every decision follows from its state and the time.

After `THRESHOLD` failures in a row, or one answer that says when to come back, no call is made for a while; then one
call alone finds out, and its outcome closes the circuit or opens it for longer. Nothing here reads a clock or waits.
"""

from dataclasses import dataclass

THRESHOLD = 5
"""Failures in a row that open the circuit."""

FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
"""The pause doubles with every failed probe, up to this."""

LONGEST_RETRY_AFTER_SECONDS = 3600.0
"""However far away the moment is that the CCP names, after an hour one call tries."""

PROBE_SECONDS = 30.0
"""A probe without an outcome for so long died with its thread, and another one may go."""


@dataclass(frozen=True)
class Closed:
    """Calls go through; so many have failed since the last success."""

    failures: int = 0


@dataclass(frozen=True)
class Open:
    """No call before `until`; `pause` is how long it would be opened without the CCP's own wish."""

    until: float
    pause: float


@dataclass(frozen=True)
class HalfOpen:
    """One call is finding out, until `until` at the latest."""

    until: float
    pause: float


State = Closed | Open | HalfOpen


def admit(state: State, now: float) -> tuple[State, float]:
    """The state after somebody asked to call, and how many seconds they must wait; 0 admits the call."""
    if isinstance(state, Closed):
        return state, 0.0
    if now < state.until:
        return state, state.until - now
    return HalfOpen(now + PROBE_SECONDS, state.pause), 0.0


def wait(state: State, now: float) -> float:
    """How many seconds a call would have to wait now, without asking for one."""
    return 0.0 if isinstance(state, Closed) else max(0.0, state.until - now)


def succeeded(state: State) -> State:
    """After the CCP has answered; a late answer does not cut a pause short that the CCP asked for."""
    return state if isinstance(state, Open) else Closed()


def failed(state: State, now: float, retry_after: float | None = None) -> State:
    """After a call without an answer, or with one that says the CCP is in trouble.

    Args:
        state: the state before.
        now: the clock, in seconds.
        retry_after: the seconds that the CCP itself asked for, if it did.
    """
    asked = now + min(retry_after, LONGEST_RETRY_AFTER_SECONDS) if retry_after else now
    match state:
        case Closed(failures):
            if asked > now:
                return Open(asked, FIRST_PAUSE_SECONDS)
            if failures + 1 < THRESHOLD:
                return Closed(failures + 1)
            return Open(now + FIRST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS)
        case Open(until, pause):
            return Open(max(until, asked), pause)
        case HalfOpen(_, pause):
            longer = min(2 * pause, LONGEST_PAUSE_SECONDS)
            return Open(max(asked, now + longer), longer)
