"""The world as one tick holds it: the ports, and how much time is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.sun.control.book import Entry, Page
from services.sun.control.ports import Admission, Checks, Database, Ledger, Pager, Traffic


@dataclass(frozen=True)
class World:
    """Everything outside. `sleep` takes seconds."""

    ledger: Ledger
    traffic: Traffic
    checks: Checks
    database: Database
    admission: Admission
    pager: Pager
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Turn:
    """The right to act, and until when it is worth to wait for something."""

    world: World
    token: int
    until: datetime

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.world.clock()

    def write(self, entry: Entry) -> None:
        """Write down, as far as nobody else acts by now.

        Raises:
            Overtaken: somebody does.
        """
        self.world.ledger.write(self.token, self.now, entry)

    def send(self, entry: Entry) -> None:
        """Write down, and send the pages of it."""
        self.write(entry)
        self.deliver(entry.pages)

    def go_on(self) -> None:
        """Keep the lease while a switch is open; who does not is taken for dead after half a minute.

        Raises:
            Overtaken: as above.
        """
        self.write(Entry((), alive=True))

    def deliver(self, pages: Sequence[Page]) -> None:
        """Send pages that are written down; the next tick sends again what is not taken."""
        sent = tuple(page.id for page in pages if self.world.pager.send(page))
        if sent:
            self.write(Entry((), sent=sent))
