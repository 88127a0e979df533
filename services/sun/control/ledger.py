"""The ledger in DynamoDB: a lease with a fencing token, and everything else written only by who has the latest.

Keys and attributes of the table: `items.py`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from services.sun.control import items
from services.sun.control.book import Book, Entry
from services.sun.control.ports import Ledger, Overtaken

LEASED_FOR = timedelta(minutes=12)
"""How long the other regions' controllers wait for this one: two ticks, and what a third may come late."""

_FREE = "attribute_not_exists(pk) OR #until < :now OR (holder = :me AND busy < :now)"


class TableLedger(Ledger):
    """One region's door to the table, in one mode."""

    def __init__(self, dynamodb: Any, table: str, region: str, mode: str) -> None:
        self._dynamodb, self._table, self._region, self._mode = dynamodb, table, region, mode
        self._number = count()

    def acquire(self, now: datetime, until: datetime) -> int | None:
        """Take the lease, or keep it; a call of this region that still runs is not disturbed until its time is up."""
        try:
            taken = self._dynamodb.update_item(
                TableName=self._table,
                Key=items.key(items.LEASE),
                UpdateExpression="SET holder = :me, #until = :until, busy = :busy ADD #token :one",
                ConditionExpression=_FREE,
                ExpressionAttributeNames={"#until": "until", "#token": "token"},
                ExpressionAttributeValues={
                    ":me": {"S": self._region},
                    ":now": _epoch(now),
                    ":until": _epoch(now + LEASED_FOR),
                    ":busy": _epoch(until),
                    ":one": {"N": "1"},
                },
                ReturnValues="UPDATED_NEW",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return int(taken["Attributes"]["token"]["N"])

    def release(self, token: int) -> None:
        """No longer busy."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=items.key(items.LEASE),
                UpdateExpression="SET busy = :never",
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues={":never": {"N": "0"}, ":token": {"N": str(token)}},
            )
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
        return Book(
            memory and items.to_memory(memory),
            switch and items.to_switch(switch),
            hold and items.to_hold(hold),
            tuple(items.to_page(item) for sort, item in found.items() if sort.startswith(items.PAGE)),
        )

    def write(self, token: int, now: datetime, entry: Entry) -> None:
        """One transaction, which the lease is a part of."""
        actions = [self._checked(token), *self._actions(token, now, entry)]
        try:
            self._dynamodb.transact_write_items(TransactItems=actions)
        except self._dynamodb.exceptions.TransactionCanceledException as error:
            raise Overtaken(str(error)) from error

    def _checked(self, token: int) -> dict[str, Any]:
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": items.key(items.LEASE),
                "ConditionExpression": "#token = :token",
                "ExpressionAttributeNames": {"#token": "token"},
                "ExpressionAttributeValues": {":token": {"N": str(token)}},
            }
        }

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
            yield self._put(items.of_hold(entry.hold), new=True)
        for page in entry.pages:
            yield self._put(items.of_page(page))
        for sent in entry.sent:
            yield self._delete(f"{items.PAGE}{sent}")

    def _put(self, item: items.Item, *, new: bool = False) -> dict[str, Any]:
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if new else {}
        return {"Put": {"TableName": self._table, "Item": item, **condition}}

    def _absent(self, key: items.Item) -> dict[str, Any]:
        return {"TableName": self._table, "Key": key, "ConditionExpression": "attribute_not_exists(pk)"}

    def _delete(self, sort: str) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": items.key(sort)}}


def _epoch(at: datetime) -> dict[str, str]:
    return {"N": f"{at.timestamp():.3f}"}
