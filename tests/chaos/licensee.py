"""A customer's administrator who changes licences, beside others who change the same item.

Each request names the version that was read, as the API wants it. Whoever loses reads again and asks anew; whoever gets
no answer repeats the request with its key, or gives up and never asks what became of it.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.chaos.clients import FINAL, PATIENCE_SECONDS, Customer, Refused

KINDS = ("INCREASE", "RETURN", "EXTEND", "CANCEL")
LOST = frozenset({"precondition-failed", "change-open", "conflict"})
"""Problems of whoever was not the first."""
AGAIN_SECONDS = 0.3
MOST_DAYS = 20


@dataclass(frozen=True)
class Wish:
    """One request, as it is repeated."""

    key: str
    path: str
    body: Mapping[str, object]
    version: int

    @property
    def headers(self) -> Mapping[str, str]:
        """What makes it safe to repeat, and safe beside others."""
        return {"Idempotency-Key": self.key, "If-Match": f'"{self.version}"'}


@dataclass
class Licensee:
    """One administrator of a customer with one item.

    Attributes:
        address: where licensing listens.
        patient: repeats what got no answer.
        accepted: the change that each request was answered with.
        faults: promises that were not kept.
    """

    customer: Customer
    address: Callable[[], str]
    dice: Random
    patient: bool = True
    accepted: list[tuple[Wish, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def change(self, kind: str) -> None:
        """Has one change of the kind accepted, or another one where the item is empty; gives up without an answer
        unless patient.

        Raises:
            TimeoutError: it never was.
            Refused: it never will be.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if (wish := self._wish(kind)) is None:
                time.sleep(AGAIN_SECONDS)
                continue
            if self._asked(wish, until):
                return
            time.sleep(self.dice.uniform(AGAIN_SECONDS, 3 * AGAIN_SECONDS))
        raise TimeoutError(f"no change {kind} of {self.customer.who.key} was ever accepted")

    def repeat(self) -> None:
        """Asks for everything once more with its key: what is done is told and not done again."""
        for wish, change in self.accepted:
            answer = self.customer.call("POST", f"{self.address()}{wish.path}", wish.body, wish.headers)
            told = None if answer is None else (answer.status, answer.json().get("id"))
            if told != (200, change):
                self.faults.append(f"I9: the key {wish.key} of the change {change} was answered {told} at the end")

    def _wish(self, kind: str) -> Wish | None:
        """The request for a change of what there is now; None if that cannot be seen at the moment."""
        items = self._look("/subscription-items", "items")
        if not items or items[0]["openChange"]:
            return None
        item = items[0]
        key = f"change-{self.dice.random()}"
        if kind == "EXTEND" and item["quantity"]:
            return self._extension(key)
        path, quantity = f"/subscription-items/{item['id']}", item["quantity"]
        if kind == "CANCEL" and quantity:
            return Wish(key, f"{path}/cancel", {"includeAssigned": True}, item["version"])
        wanted = quantity - 1 if kind == "RETURN" and quantity > 1 else quantity + self.dice.randint(1, 2)
        return Wish(key, f"{path}/quantity", {"quantity": wanted}, item["version"])

    def _extension(self, key: str) -> Wish | None:
        licences = self._look("/licenses?limit=100", "licenses")
        if not licences:
            return None
        one = self.dice.choice(licences)
        last_day = date.fromisoformat(one["validToDate"]) + timedelta(days=self.dice.randint(1, MOST_DAYS))
        return Wish(key, f"/licenses/{one['id']}/extend", {"validToDate": last_day.isoformat()}, one["version"])

    def _look(self, path: str, what: str) -> list[dict[str, Any]]:
        answer = self.customer.call("GET", f"{self.address()}{path}")
        return list(answer.json()[what]) if answer is not None and answer.status == 200 else []

    def _asked(self, wish: Wish, until: float) -> bool:
        """Whether the request has come to its end: accepted, or given up; not if somebody else was faster."""
        while time.monotonic() < until:
            answer = self.customer.call("POST", f"{self.address()}{wish.path}", wish.body, wish.headers)
            if answer is None:
                if not self.patient:
                    return True
            elif answer.status in (200, 202):
                self.accepted.append((wish, str(answer.json()["id"])))
                return True
            elif _problem(answer.data) in LOST:
                return False
            elif answer.status in FINAL:
                raise Refused(f"the change {wish.path} was answered {answer.status}: {answer.data.decode()}")
            time.sleep(AGAIN_SECONDS)
        return False


def _problem(body: bytes) -> str:
    """The problem's slug."""
    try:
        return str(json.loads(body).get("type", "")).rpartition("/")[2]
    except ValueError:
        return ""


def mixed(dice: Random, kinds: Sequence[str], count: int) -> list[str]:
    """So many changes, of each kind as many as of the others, in some order."""
    return dice.sample([kinds[number % len(kinds)] for number in range(count)], count)
