"""A scenario while it is played: the stage, the load on it, and what is noted."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.chaos.clients import Acknowledgements
from tests.drill.events import Kind, Recorder
from tests.drill.load import Load
from tests.drill.stage import Stage
from tests.drill.watcher import Watcher


@dataclass
class Play:
    """A scenario while it is played.

    Attributes:
        findings: what is not as it should be.
        figures: further ones, by their names.
        lost_at: when a region was lost, if one was.
        missing: accepted orders that the new writer did not have after a failover, if there was one.
        leapt: seconds that the controllers would have waited, and that the drill has leapt over meanwhile.
    """

    stage: Stage
    recorder: Recorder
    load: Load
    told: Acknowledgements
    findings: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    lost_at: float | None = None
    missing: int | None = None
    leapt: float = 0.0

    def mark(self, text: str, kind: Kind = Kind.DONE) -> float:
        """Notes that this is done now."""
        return self.recorder.mark(text, kind)

    def rest(self, seconds: float) -> None:
        """Lets customers order for so long."""
        time.sleep(seconds)

    def find(self, what: str) -> None:
        """Something is not as it should be."""
        self.findings.append(what)


@contextmanager
def performed(stage: Stage, recorder: Recorder, told: Acknowledgements) -> Iterator[Play]:
    """The stage under load, watched; at the end of the block the load ends, and every order is answered."""
    with ExitStack() as stack:
        stack.enter_context(Watcher(stage.sites, stage.zone(), recorder))
        load = Load(stage.shop.api_url, stage.shoppers(), told, recorder, rate=stage.rate)
        stack.enter_context(load)
        yield Play(stage, recorder, load, told)
