"""The thread that looks for hand-overs outlives every fault, and says what it was."""

import logging

import pytest

from services.common.errors import NoWriter
from services.orchestrator.handover import noting
from services.orchestrator.handover.noting import Noting


class Scripted(Noting):
    """Each turn comes to what the script says; at its end the process ends."""

    def __init__(self, *script: int | Exception | None) -> None:
        self.script = list(script)

    def make(self) -> int | None:
        if not self.script:
            raise SystemExit
        turn = self.script.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn


def test_a_fault_is_told_and_the_next_turn_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(noting, "PERIOD_SECONDS", 0.0)
    caplog.set_level(logging.INFO, noting.__name__)
    with pytest.raises(SystemExit):
        noting.watch(Scripted(NoWriter("nobody writes"), RuntimeError("a bug"), None, 7))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "nobody writes"),
        ("ERROR", "a hand-over could not be noted; it is tried again"),
        ("INFO", "the hand-over of epoch 7 is noted"),
    ]
