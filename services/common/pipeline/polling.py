"""The loop around a queue: receives batches, keeps them in hand while they are worked on, and settles each message.

A message is deleted only after its effect is committed. What cannot be understood stays on the queue until the redrive
policy moves it to the dead-letter queue.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from services.common.errors import LeaseLost, NoWriter, Poison, Retry, Unavailable
from services.common.pipeline.keeper import Keeper
from services.common.pipeline.queues import Message, Source

BACKOFF_SECONDS = (1, 2, 5, 15, 30)
"""How long a failed message stays invisible, by the number of times it was received."""
POISON_SECONDS = 1
"""Time does not heal a message that cannot be understood: it takes its tries quickly."""
PAUSE_SECONDS = 1.0
"""How long a worker that cannot work waits before it looks again."""
PATIENCE_SECONDS = 40.0
"""How long a message is kept in hand while the database has no writer, so that moving it costs no message one of its
deliveries. With the last attempt this is less than a piece of work may take (`keeper.WORK_SECONDS`).
"""

_log = logging.getLogger(__name__)


def poll(
    source: Source,
    take: Callable[[Message], None],
    ready: Callable[[], None],
    stop: threading.Event,
    beat: Callable[[], None],
) -> None:
    """Receives until `stop` is set.

    Args:
        source: the queue.
        take: returns to have the message deleted, or raises to have it come back.
        ready: raises `Unavailable` while there can be no work; a message is not received only to be refused, for
            each time brings it nearer to the dead-letter queue.
        stop: ends the loop; what is in hand and not begun goes back at once.
        beat: called on every turn.
    """
    while not stop.is_set():
        beat()
        try:
            ready()
            messages = source.receive()
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
            stop.wait(PAUSE_SECONDS)
            continue
        if messages:
            _work(source, messages, take, stop, beat)


def _work(
    source: Source,
    messages: list[Message],
    take: Callable[[Message], None],
    stop: threading.Event,
    beat: Callable[[], None],
) -> None:
    done: list[Message] = []
    hand = _Hand(source, messages)
    with Keeper(hand.keep, source.visibility_seconds) as keeper:
        for message in messages:
            beat()
            keeper.next_piece()
            if stop.is_set():
                break
            wait = _with_a_writer(take, message, stop, beat)
            if wait is None:
                done.append(message)
            else:
                hand.put_back(message, wait)
    # A worker that dies before this has its effects committed, and the inbox makes the second delivery harmless.
    source.delete(done)
    source.hide([message for message in hand.messages if message not in done], 0)


class _Hand:
    """The messages of a batch that a worker has not put back: those done with, the one at work, those that wait."""

    def __init__(self, source: Source, messages: Iterable[Message]) -> None:
        self.messages = list(messages)
        self._source = source
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Hides them from others for another while."""
        with self._lock:
            self._source.hide(self.messages, self._source.visibility_seconds)

    def put_back(self, message: Message, seconds: int) -> None:
        """Lets the message come back after `seconds`."""
        # The lock waits for a renewal under way, which would hide the message for longer.
        with self._lock:
            self.messages.remove(message)
        self._source.hide([message], seconds)


def _with_a_writer(
    take: Callable[[Message], None], message: Message, stop: threading.Event, beat: Callable[[], None]
) -> int | None:
    """As `_attempt`, again and again while the database has no writer; a planned switchover is over within seconds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _attempt(take, message)
        except NoWriter as fault:
            _log.warning("kept in hand", extra={"reason": fault, "attempt": message.received})
            beat()
            if time.monotonic() > end or stop.wait(PAUSE_SECONDS):
                return backoff(message.received)


def _attempt(take: Callable[[Message], None], message: Message) -> int | None:
    """None when the message is done with, or the seconds until it is to come back.

    Raises:
        NoWriter: the database has none.
    """
    try:
        take(message)
    except NoWriter:
        raise
    except Retry as wish:
        return wish.seconds
    except Poison as fault:
        _log.warning("poison", extra={"reason": fault, "attempt": message.received})
        return POISON_SECONDS
    except (LeaseLost, Unavailable) as fault:
        _log.warning("message not taken", extra={"reason": fault, "attempt": message.received})
        return backoff(message.received)
    except Exception:  # noqa: BLE001 - logged whole; one bad message must not stop the loop
        _log.exception("message failed", extra={"attempt": message.received})
        return backoff(message.received)
    return None


def backoff(received: int) -> int:
    """Seconds until a failed message is tried again, for the count of times it was received."""
    return BACKOFF_SECONDS[min(received, len(BACKOFF_SECONDS)) - 1]
