"""The ledger in DynamoDB: a lease with a fencing token, and everything else written only by who has the latest.

Keys and attributes of the table: `items.py`.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

from services.sun.control import by_hand, items, lease
from services.sun.control.book import Book, Entry
from services.sun.control.ports import Ledger, Overtaken

_TRIES = 5


class TableLedger(Ledger):
    """One region's door to the table, in one mode."""

    def __init__(self, dynamodb: Any, table: str, region: str, mode: str) -> None:
        self._dynamodb, self._table, self._region, self._mode = dynamodb, table, region, mode
        self._number = count()

    def acquire(self, now: datetime, until: datetime) -> int | None:
        """Take the lease, or keep it; a call of this region that still runs is not disturbed until its time is up."""
        try:
            taken = self._dynamodb.update_item(**lease.taken(self._table, self._region, now, until))
        except (
            self._dynamodb.exceptions.ConditionalCheckFailedException,
            self._dynamodb.exceptions.TransactionConflictException,  # somebody writes with it at this moment
        ):
            return None
        return int(taken["Attributes"]["token"]["N"])

    def beat(self, now: datetime) -> None:
        """Not fenced: who does not act is alive too."""
        item = items.key(f"{items.BEAT}{self._region}") | {"at": {"S": now.isoformat()}}
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def release(self, token: int) -> None:
        """No longer busy."""
        try:
            self._dynamodb.update_item(**lease.released(self._table, token))
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise Overtaken from error

    def read(self) -> Book:
        """All of the shared items, as they are now."""
        answer = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :sun",
            ExpressionAttributeValues={":sun": {"S": items.SUN}},
            ConsistentRead=True,
        )
        found = {item["sk"]["S"]: item for item in answer["Items"]}
        memory, switch, hold = (found.get(sort) for sort in (items.state_key(self._mode), items.SWITCH, items.HOLD))
        approvals = (by_hand.to_approval(item) for _, item in _those(found, by_hand.APPROVAL))
        return Book(
            memory and items.to_memory(memory),
            switch and items.to_switch(switch),
            hold and by_hand.to_hold(hold),
            tuple(items.to_page(item) for _, item in _those(found, items.PAGE)),
            tuple(approval for approval in approvals if approval),
            {region: datetime.fromisoformat(item["at"]["S"]) for region, item in _those(found, items.BEAT)},
        )

    def write(self, token: int, now: datetime, entry: Entry) -> None:
        """One transaction, which the lease is a part of."""
        actions = [self._fenced(token, now, entry), *self._actions(token, now, entry)]
        for tries_left in reversed(range(_TRIES)):
            try:
                self._dynamodb.transact_write_items(TransactItems=actions)
            except self._dynamodb.exceptions.TransactionCanceledException as error:
                if not (tries_left and _met(error)):
                    raise Overtaken(str(error)) from error
            else:
                return

    def approving(self, source: str, target: str, epoch: int) -> str:
        """It names the table, and where it lies."""
        return by_hand.command(self._table, self._dynamodb.meta.region_name, source, target, epoch)

    def _fenced(self, token: int, now: datetime, entry: Entry) -> dict[str, Any]:
        """The lease as a part of it; it is brief as long as a switch is open."""
        if entry.opened or entry.alive or entry.closed:
            return {"Update": lease.lasting(self._table, token, now, brief=not entry.closed)}
        return {"ConditionCheck": lease.checked(self._table, token)}

    def _actions(self, token: int, now: datetime, entry: Entry) -> Iterator[dict[str, Any]]:
        author = items.Author(self._region, self._mode, token)
        for note in entry.notes:
            yield self._put(items.of_note(note, author, now, next(self._number)))
        if entry.memory:
            yield self._put(items.of_memory(self._mode, entry.memory))
        if entry.opened:
            yield self._put(items.of_switch(entry.opened), new=True)
            yield {"ConditionCheck": self._absent(items.key(items.HOLD))}
        if entry.closed:
            yield self._delete(items.SWITCH)
        if entry.hold:
            yield self._put(by_hand.of_hold(entry.hold), new=True)
        for page in entry.pages:
            yield self._put(items.of_page(page))
        for sent in entry.sent:
            yield self._delete(f"{items.PAGE}{sent}")
        for approval in entry.used:
            gone = self._delete(f"{by_hand.APPROVAL}{approval.by}")
            yield {"Delete": gone["Delete"] | {"ConditionExpression": "attribute_exists(pk)"}}

    def _put(self, item: items.Item, *, new: bool = False) -> dict[str, Any]:
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if new else {}
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _absent(self, key: items.Item) -> dict[str, Any]:
        return {"TableName": self._table, "Key": key, "ConditionExpression": "attribute_not_exists(pk)"}

    def _delete(self, sort: str) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": items.key(sort)}}


def _those(found: dict[str, items.Item], prefix: str) -> list[tuple[str, items.Item]]:
    return [(sort.removeprefix(prefix), item) for sort, item in found.items() if sort.startswith(prefix)]


def _met(error: Any) -> bool:
    """Whether it failed only because another call had to do with the same item, as one that tries to take the lease."""
    reasons = {reason["Code"] for reason in error.response.get("CancellationReasons", ())}
    return reasons <= {"None", "TransactionConflict"} and "TransactionConflict" in reasons
