"""The switches as they stand now, and the dice that go with them."""

from random import Random
from threading import Lock

from local.ccp.faults import Plan, Switches, decide


class Switchboard:
    """Holds the switches; a restart turns all of them off."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._switches = Switches()
        self._random = Random()  # noqa: S311 - a repeatable choice is the point

    @property
    def switches(self) -> Switches:
        """The switches as last set."""
        return self._switches

    def turn(self, switches: Switches) -> None:
        """Sets all switches and starts the dice anew from their seed."""
        with self._lock:
            self._switches = switches
            self._random.seed(switches.seed)

    def plan(self) -> Plan:
        """Decides the next call."""
        with self._lock:
            return decide(self._switches, self._random.random)
