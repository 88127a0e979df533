"""Keeps Envoy's routes at what the records and the health checks say."""

import json
import logging
from collections.abc import Callable, Collection
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.cluster.places import write
from local.front.resolution import Record, shares
from local.front.routes import route_document

log = logging.getLogger("front")


class Follower:
    """Looks when it is told to, and writes when something has changed.

    Args:
        look: reads the records.
        regions: those that have an edge here; a record of another one is left out of the draw.
        routes: the file to keep.
    """

    def __init__(self, look: Callable[[], Collection[Record]], regions: Collection[str], routes: Path) -> None:
        self._look, self._regions, self._routes = look, regions, routes
        self._without: frozenset[str] = frozenset()
        self._blind = False

    def follow(self) -> None:
        """Look once. What is known stays in force while Route 53 does not answer."""
        try:
            records = self._look()
        except (BotoCoreError, ClientError) as error:
            if not self._blind:
                log.warning("keeping the shares as they are: %s", error)
            self._blind = True
            return
        self._blind = False
        self._tell_strangers(frozenset(record.region for record in records) - frozenset(self._regions))
        self._keep(shares(record for record in records if record.region in self._regions))

    def _keep(self, drawn: dict[str, int]) -> None:
        document = route_document(drawn)
        if not self._routes.exists() or self._routes.read_text() != document:
            write(self._routes, document)
            log.info("shares %s", json.dumps(drawn, sort_keys=True))

    def _tell_strangers(self, strangers: frozenset[str]) -> None:
        if strangers - self._without:
            log.warning("without an edge, and left out: %s", ", ".join(sorted(strangers)))
        self._without = strangers
