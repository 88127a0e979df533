"""How what is remembered lies in the table.

The table has the partition key `pk` and the sort key `sk`, both strings, and the TTL attribute `expires`, a number
(epoch seconds).

| pk | sk | what |
|---|---|---|
| sun | lease | who may act: `holder`, `until` and `busy` (epoch seconds), `token` |
| sun | state#act, state#observe | what that mode remembers from tick to tick |
| sun | switch | the switch that is open |
| sun | hold | `by` and `reason`; a person puts it there and takes it away |
| sun | page#... | a call for a person that was not sent yet |
| audit#2026-03-29 | time#token#number | one line of the trail, gone after 400 days |
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.sun.control.book import Hold, Memory, Note, Page, Switch
from services.sun.schedule.decision import State
from services.sun.schedule.writer import Lead, Tenure

SUN = "sun"
LEASE, SWITCH, HOLD = "lease", "switch", "hold"
PAGE = "page#"
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
    }
    return _with_body(state_key(mode), body)


def to_memory(item: Item) -> Memory:
    """The memory of an item."""
    body = _body(item)
    lead = body["lead"] and Lead(body["lead"]["region"], datetime.fromisoformat(body["lead"]["since"]))
    switches = tuple(datetime.fromisoformat(at) for at in body["switches"])
    tenure = Tenure(body["writer"], datetime.fromisoformat(body["since"]), switches, lead)
    return Memory(State(body["weights"], datetime.fromisoformat(body["steppedAt"]), tenure), body["lost"])


def of_switch(switch: Switch) -> Item:
    """The item of an open switch."""
    return _with_body(SWITCH, {"source": switch.source, "target": switch.target, "begun": switch.begun.isoformat()})


def to_switch(item: Item) -> Switch:
    """The open switch of an item."""
    body = _body(item)
    return Switch(body["source"], body["target"], datetime.fromisoformat(body["begun"]))


def of_hold(hold: Hold) -> Item:
    """The item of a hold."""
    return key(HOLD) | {"by": {"S": hold.by}, "reason": {"S": hold.reason}}


def to_hold(item: Item) -> Hold:
    """The hold of an item. A person wrote it: whatever it says or not, it holds."""
    return Hold(*(str(next(iter(item.get(name, {"S": "not told"}).values()))) for name in ("by", "reason")))


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
