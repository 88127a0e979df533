"""The lease: one item of the table, with a token that grows. It says who may act, and until when others wait for them.

Attributes: `holder`, `token`, `until` (the other regions wait until then) and `busy` (this region's next call does);
both in epoch seconds.
"""

from datetime import datetime, timedelta
from typing import Any

from services.sun.control import items

LEASED_FOR = timedelta(minutes=12)
"""How long the other regions' controllers wait for this one: two ticks, and what a third may come late."""
BRIEF = timedelta(seconds=30)
"""How long any controller, this region's too, waits for one that has a switch open: what it has begun keeps the
services waiting."""

Request = dict[str, Any]
_FREE = "attribute_not_exists(pk) OR #until < :now OR (holder = :me AND busy < :now)"


def taken(table: str, region: str, now: datetime, until: datetime) -> Request:
    """The update that takes it, or keeps it with a new token; it fails while somebody else acts."""
    return {
        "TableName": table,
        "Key": items.key(items.LEASE),
        "UpdateExpression": "SET holder = :me, #until = :until, busy = :busy ADD #token :one",
        "ConditionExpression": _FREE,
        "ExpressionAttributeNames": {"#until": "until", "#token": "token"},
        "ExpressionAttributeValues": {
            ":me": {"S": region},
            ":now": _epoch(now),
            ":until": _epoch(now + LEASED_FOR),
            ":busy": _epoch(until),
            ":one": {"N": "1"},
        },
        "ReturnValues": "UPDATED_NEW",
    }


def released(table: str, token: int) -> Request:
    """The update after which nobody is busy; it fails if another token is the latest."""
    request = checked(table, token)
    request["ExpressionAttributeValues"][":never"] = {"N": "0"}
    return request | {"UpdateExpression": "SET busy = :never"}


def checked(table: str, token: int) -> Request:
    """The condition that the token is the latest."""
    return {
        "TableName": table,
        "Key": items.key(items.LEASE),
        "ConditionExpression": "#token = :token",
        "ExpressionAttributeNames": {"#token": "token"},
        "ExpressionAttributeValues": {":token": {"N": str(token)}},
    }


def lasting(table: str, token: int, now: datetime, *, brief: bool) -> Request:
    """The update that, if the token is the latest, has others wait from now on: briefly, or as long as ever."""
    request = checked(table, token)
    request["ExpressionAttributeNames"]["#until"] = "until"
    values = {":until": _epoch(now + (BRIEF if brief else LEASED_FOR)), ":busy": _epoch(now + BRIEF)}
    request["ExpressionAttributeValues"] |= values
    return request | {"UpdateExpression": "SET #until = :until, busy = :busy"}


def _epoch(at: datetime) -> dict[str, str]:
    return {"N": f"{at.timestamp():.3f}"}
