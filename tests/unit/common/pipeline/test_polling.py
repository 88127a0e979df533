"""One batch after another: kept while it is worked on, each message settled as its work came out."""

import threading
from collections.abc import Callable, Sequence

import pytest

from services.common.errors import LeaseLost, NoWriter, Poison, Problem, Retry, Unavailable
from services.common.pipeline import polling
from services.common.pipeline.keeper import Keeper
from services.common.pipeline.polling import BACKOFF_SECONDS, POISON_SECONDS, backoff, poll
from services.common.pipeline.queues import Message, Source

WAIT = 20.0


class Queue(Source):
    """Hands out one batch, and writes down what becomes of it."""

    def __init__(self, *bodies: str, visibility_seconds: float = 60) -> None:
        self.visibility_seconds = visibility_seconds  # type: ignore[assignment] # shorter than SQS allows
        self.batches = [[Message(body, body, 1) for body in bodies]]
        self.receives = 0
        self.settled: list[tuple[str, list[str], float]] = []
        self.hidden = threading.Condition()

    def receive(self) -> list[Message]:
        self.receives += 1
        return self.batches.pop() if self.batches else []

    def delete(self, messages: Sequence[Message]) -> None:
        self._note("delete", messages, 0)

    def hide(self, messages: Sequence[Message], seconds: int) -> None:
        self._note("hide", messages, seconds)

    def _note(self, what: str, messages: Sequence[Message], seconds: float) -> None:
        with self.hidden:
            if messages:
                self.settled.append((what, [message.body for message in messages], seconds))
            self.hidden.notify_all()

    def wait_for(self, entry: tuple[str, list[str], float], times: int = 1) -> bool:
        with self.hidden:
            return self.hidden.wait_for(lambda: self.settled.count(entry) >= times, WAIT)


def always() -> None:
    """Ready."""


def run(queue: Queue, take: Callable[[Message], None], ready: Callable[[], None] = always) -> None:
    """Polls until the queue has nothing more."""
    stop = threading.Event()
    poll(queue, take, ready, stop, lambda: stop.set() if queue.receives > 1 else None)


def test_what_is_done_is_deleted_together() -> None:
    queue = Queue("a", "b", "c")
    run(queue, lambda message: None)
    assert queue.settled == [("delete", ["a", "b", "c"], 0)]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Retry("not yet", seconds=7), 7),
        (Poison("no JSON"), POISON_SECONDS),
        (Unavailable("no database"), BACKOFF_SECONDS[0]),
        (LeaseLost("gone"), BACKOFF_SECONDS[0]),
        (ZeroDivisionError(), BACKOFF_SECONDS[0]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_fails_comes_back_after_its_wait_and_the_others_are_unaffected(fault: Exception, seconds: int) -> None:
    queue = Queue("good", "bad", "better")

    def take(message: Message) -> None:
        if message.body == "bad":
            raise fault

    run(queue, take)
    assert queue.settled == [("hide", ["bad"], seconds), ("delete", ["good", "better"], 0)]


def test_waits_grow_with_the_receives_and_stay_bounded() -> None:
    assert [backoff(received) for received in (1, 2, 3, 4, 5, 6, 99)] == [1, 2, 5, 15, 30, 30, 30]


def test_slow_work_keeps_itself_and_what_waits_behind_it() -> None:
    queue = Queue("slow", "waiting", visibility_seconds=0.03)

    def take(message: Message) -> None:
        if message.body == "slow":
            assert queue.wait_for(("hide", ["slow", "waiting"], 0.03), times=3)

    run(queue, take)
    assert queue.settled[-1] == ("delete", ["slow", "waiting"], 0)


def test_a_message_that_was_put_back_is_not_kept() -> None:
    queue = Queue("bad", "slow", visibility_seconds=0.03)

    def take(message: Message) -> None:
        if message.body == "bad":
            raise Retry("not yet", seconds=5)
        assert queue.wait_for(("hide", ["slow"], 0.03), times=2)

    run(queue, take)
    put_back = queue.settled.index(("hide", ["bad"], 5))
    assert not any("bad" in bodies for _, bodies, _ in queue.settled[put_back + 1 :])


def test_each_message_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[str] = []
    monkeypatch.setattr(Keeper, "next_piece", lambda _: pieces.append("next"))
    run(Queue("a", "b"), lambda message: pieces.append(message.body))
    assert pieces == ["next", "a", "next", "b"]


def test_a_stopping_worker_gives_back_what_it_has_not_begun() -> None:
    queue, stop = Queue("a", "b", "c"), threading.Event()
    poll(queue, lambda message: stop.set(), always, stop, lambda: None)
    assert queue.settled == [("delete", ["a"], 0), ("hide", ["b", "c"], 0)]


def test_a_worker_that_cannot_work_receives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE_SECONDS", 0)
    queue, stop = Queue("a"), threading.Event()
    answers: list[Problem | None] = [Unavailable("no database"), Unavailable("no database"), None]
    received_at: list[int] = []

    def ready() -> None:
        if (fault := answers.pop(0)) is not None:
            raise fault

    def take(message: Message) -> None:
        received_at.append(len(answers))
        stop.set()

    poll(queue, take, ready, stop, lambda: None)
    assert (received_at, queue.receives) == ([0], 1)


def test_a_queue_that_does_not_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE_SECONDS", 0)

    class Silent(Queue):
        def receive(self) -> list[Message]:
            if self.receives == 0:
                self.receives += 1
                raise Unavailable("the queue does not answer")
            return super().receive()

    queue, stop = Silent("a"), threading.Event()
    poll(queue, lambda message: stop.set(), always, stop, lambda: None)
    assert queue.settled == [("delete", ["a"], 0)]


def test_a_message_is_kept_in_hand_while_the_database_has_no_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE_SECONDS", 0.0)
    queue, tries = Queue("a", "b"), iter([NoWriter("it moves"), NoWriter("it moves"), None, None])

    def take(message: Message) -> None:
        if (fault := next(tries)) is not None:
            raise fault

    poll(queue, take, always, stop := threading.Event(), lambda: stop.set() if queue.receives > 1 else None)
    assert queue.settled == [("delete", ["a", "b"], 0)]


def test_without_a_writer_for_long_the_message_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PATIENCE_SECONDS", 0.0)
    queue = Queue("a")

    def take(message: Message) -> None:
        raise NoWriter("a region is lost")

    run(queue, take)
    assert queue.settled == [("hide", ["a"], BACKOFF_SECONDS[0])]
