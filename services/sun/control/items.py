"""How what is remembered lies in the table.

The table has the partition key `pk` and the sort key `sk`, both strings, and the TTL attribute `expires`, a number
(epoch seconds).

| pk | sk | what |
|---|---|---|
| sun | lease | who may act: `holder`, `until` and `busy` (epoch seconds), `token` |
| sun | state#act, state#observe | what that mode remembers from tick to tick |
| sun | switch | the switch that is open |
| sun | hold, approval#... | a person puts them there and takes them away: `by_hand.py` |
| sun | beat#... | when a region's controller last ran: `at` (ISO 8601) |
| sun | page#... | a call for a person that was not sent yet |
| audit#2026-03-29 | time#token#number | one line of the trail, gone after 400 days |
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.sun.control.book import Memory, Note, Page, Since, Switch
from services.sun.schedule.decision import State
from services.sun.schedule.writer import Lead, Tenure

SUN = "sun"
LEASE, SWITCH, HOLD = "lease", "switch", "hold"
PAGE, BEAT = "page#", "beat#"
_KEPT = timedelta(days=400)

Item = dict[str, Any]
"""An item as DynamoDB's own interface has it, each value with its type."""


def state_key(mode: str) -> str:
    """What is observed does not lead what is done: each mode has its own memory."""
    return f"state#{mode}"


def key(sort: str) -> Item:
    """The key of an item that all controllers share."""
    return {"pk": {"S": SUN}, "sk": {"S": sort}}


def of_memory(mode: str, memory: Memory) -> Item:
    """The item of a memory."""
    state, tenure = memory.state, memory.state.tenure
    body = {
        "weights": dict(state.weights),
        "steppedAt": state.stepped_at.isoformat(),
        "writer": tenure.writer,
        "since": tenure.since.isoformat(),
        "switches": [at.isoformat() for at in tenure.switches],
        "lead": tenure.lead and {"region": tenure.lead.region, "since": tenure.lead.since.isoformat()},
        "lost": memory.lost,
        "split": memory.split,
        "epoch": memory.epoch,
        "gone": _of_since(memory.gone),
        "givenUp": _of_since(memory.given_up),
    }
    return _with_body(state_key(mode), body)


def to_memory(item: Item) -> Memory:
    """The memory of an item."""
    body = _body(item)
    lead = _to_since(body["lead"])
    switches = tuple(datetime.fromisoformat(at) for at in body["switches"])
    tenure = Tenure(
        body["writer"],
        datetime.fromisoformat(body["since"]),
        switches,
        Lead(lead.region, lead.at) if lead else None,
    )
    return Memory(
        State(body["weights"], datetime.fromisoformat(body["steppedAt"]), tenure),
        body["lost"],
        # A controller of an earlier release has written without these.
        split=body.get("split", False),
        epoch=body.get("epoch", 0),
        gone=_to_since(body.get("gone")),
        given_up=_to_since(body.get("givenUp")),
    )


def of_switch(switch: Switch) -> Item:
    """The item of an open switch."""
    body = {"source": switch.source, "target": switch.target, "epoch": switch.epoch, "lossy": switch.lossy}
    return _with_body(SWITCH, {**body, "begun": switch.begun.isoformat()})


def to_switch(item: Item) -> Switch:
    """The open switch of an item."""
    body = _body(item)
    begun = datetime.fromisoformat(body["begun"])
    return Switch(body["source"], body["target"], begun, body.get("epoch", 0), body.get("lossy", False))


def of_page(page: Page) -> Item:
    """The item of a page."""
    return _with_body(f"{PAGE}{page.id}", {"subject": page.subject, "text": page.text})


def to_page(item: Item) -> Page:
    """The page of an item."""
    body = _body(item)
    return Page(item["sk"]["S"].removeprefix(PAGE), body["subject"], body["text"])


@dataclass(frozen=True)
class Author:
    """Who writes a line of the trail."""

    region: str
    mode: str
    token: int


def of_note(note: Note, author: Author, now: datetime, number: int) -> Item:
    """The item of a line of the trail; its day is that of UTC."""
    at = now.astimezone(UTC)
    return {
        "pk": {"S": f"audit#{at:%Y-%m-%d}"},
        "sk": {"S": f"{at.isoformat(timespec='milliseconds')}#{author.token}#{number}"},
        "event": {"S": note.event},
        "region": {"S": author.region},
        "mode": {"S": author.mode},
        "detail": {"S": json.dumps(note.detail, sort_keys=True)},
        "expires": {"N": str(int((at + _KEPT).timestamp()))},
    }


def _with_body(sort: str, body: dict[str, Any]) -> Item:
    return key(sort) | {"body": {"S": json.dumps(body, sort_keys=True)}}


def _body(item: Item) -> Any:
    return json.loads(item["body"]["S"])


def _of_since(since: Since | None) -> dict[str, str] | None:
    return {"region": since.region, "since": since.at.isoformat()} if since else None


def _to_since(body: Any) -> Since | None:
    return Since(body["region"], datetime.fromisoformat(body["since"])) if body else None
