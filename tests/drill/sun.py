"""The controllers' own code, called by the drill: it says what time it is, and lets hours pass in which nothing moves.

Everything that they see and move is real: the table, the records, the health checks, RDS and the servers behind it.
Only the clock is the drill's. It runs as fast as any other, and now and then leaps ahead: over the ticks at which the
schedule, which is a pure function, would move nothing but weights.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import boto3

from local.machine.emulator import CREDENTIAL
from services.sun import function
from services.sun.control.book import Approval, Book, Entry
from services.sun.control.by_hand import of_approval
from services.sun.control.context import World
from services.sun.control.controller import Controller, Outcome
from services.sun.schedule.regions import Region
from services.sun.settings import Mode, Settings, read
from tests.drill.clock import Bell, Clock, Present, latest, until
from tests.drill.sites import Site

FUNCTION = "aws:lambda/function:Function"
ROOM = timedelta(seconds=200)
"""What a tick may take."""
SILENCE = timedelta(minutes=13)
"""After which another region's controller takes the lease."""
KEYS = {"AWS_ACCESS_KEY_ID": CREDENTIAL, "AWS_SECRET_ACCESS_KEY": CREDENTIAL}


def settings_of(site: Site) -> Settings:
    """What the region's function was told, but that it acts."""
    told: dict[str, str] = site.resource(FUNCTION)["inputs"]["environment"]["variables"]
    return replace(read(told), mode=Mode.ACT)


@contextmanager
def credentials(emulator: str) -> Iterator[None]:
    """Where the functions of this machine find AWS."""
    with mock.patch.dict(os.environ, {**KEYS, "AWS_ENDPOINT_URL": emulator}):
        yield


class Sun:
    """Both regions' controllers.

    How far the standby was behind they do not know: it is measured in real time, and hours have passed since.

    Attributes:
        bell: what they called a person for.
    """

    def __init__(self, sites: Sequence[Site]) -> None:
        self._settings = {site.name: settings_of(site) for site in sites}
        self.emulator = sites[0].emulator
        self._worlds: dict[str, World] = {}
        self.clock, self.bell = Clock(), Bell()

    @property
    def regions(self) -> tuple[Region, ...]:
        """Those that there are."""
        known: tuple[Region, ...] = next(iter(self._settings.values())).regions
        return tuple(region for region in known if region.name in self._settings)

    def settings(self, region: str) -> Settings:
        """Of the region's function."""
        return self._settings[region]

    def world(self, region: str) -> World:
        """What the region's controller sees and acts on."""
        if region not in self._worlds:
            with credentials(self.emulator):
                made = function.world(self._settings[region])
            self._worlds[region] = replace(made, checks=Present(made.checks), pager=self.bell, clock=self.clock.now)
        return self._worlds[region]

    def book(self, region: str) -> Book:
        """What all controllers remember."""
        with credentials(self.emulator):
            return self.world(region).ledger.read()

    def tick(self, region: str) -> Outcome:
        """One call of the region's function."""
        with credentials(self.emulator):
            return Controller(self.world(region), self.regions, acts=True).tick(self.clock.now() + ROOM)

    def note(self, region: str, entry: Entry) -> None:
        """Writes down what a controller would have. Whoever had the lease has been silent for long."""
        self.clock.leap(self.clock.now() + SILENCE)
        ledger, now = self.world(region).ledger, self.clock.now()
        with credentials(self.emulator):
            token = ledger.acquire(now, now)
            assert token is not None, "another controller has the lease"
            ledger.write(token, now, entry)
            ledger.release(token)

    def wait_for_turn(self, region: str, target: str) -> datetime:
        """Leaps to the tick at which the writer should go to that region, and notes what was remembered by then.

        Raises:
            LookupError: it never should.
        """
        book = self.book(region)
        if book.memory is None:
            self.clock.leap(self.clock.now() + SILENCE)  # a function that was called before may have the lease
            self.tick(region)
            book = self.book(region)
        assert book.memory is not None, "the controller did not find out who writes"
        self.clock.leap(latest(book.memory))
        memory, at = until(self.regions, book.memory, target, self.clock.now() + SILENCE)
        self.clock.leap(at - SILENCE)
        self.note(region, Entry((), memory))
        return at

    def release(self) -> None:
        """As a person does who has looked into it."""
        self._table("delete_item", Key={"pk": {"S": "sun"}, "sk": {"S": "hold"}})

    def approve(self, by: str, source: str, target: str) -> None:
        """As a person does who gives a lost region up: puts that person's word into the table."""
        memory = self.book(target).memory
        assert memory is not None
        self._table("put_item", Item=of_approval(Approval(by, source, target, memory.epoch, self.clock.now())))

    def _table(self, what: str, **request: Any) -> None:
        settings = next(iter(self._settings.values()))
        make: Any = boto3.client
        keys = {"aws_access_key_id": CREDENTIAL, "aws_secret_access_key": CREDENTIAL}
        client = make("dynamodb", region_name=settings.table_region, endpoint_url=self.emulator, **keys)
        getattr(client, what)(TableName=settings.table, **request)
