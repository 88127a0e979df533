"""What people put into the table, and how: the word that nothing may move, and that a lost region may be given up.

| pk | sk | what |
|---|---|---|
| sun | hold | `by` and `reason` |
| sun | approval#NAME | the word of that person: `source`, `target`, `epoch` (a number), `at` (ISO 8601, with a zone) |
"""

import json
from datetime import UTC, datetime

from services.sun.control.book import Approval, Hold
from services.sun.control.items import HOLD, Item, key

APPROVAL = "approval#"


def of_hold(hold: Hold) -> Item:
    """The item of a hold."""
    return key(HOLD) | {"by": {"S": hold.by}, "reason": {"S": hold.reason}}


def to_hold(item: Item) -> Hold:
    """The hold of an item. A person wrote it: whatever it says or not, it holds."""
    return Hold(*(_text(item, name) or "not told" for name in ("by", "reason")))


def of_approval(approval: Approval) -> Item:
    """The item of an approval. That its key is the name lets one person have one."""
    return key(f"{APPROVAL}{approval.by}") | {
        "source": {"S": approval.source},
        "target": {"S": approval.target},
        "epoch": {"N": str(approval.epoch)},
        "at": {"S": approval.at.isoformat()},
    }


def to_approval(item: Item) -> Approval | None:
    """The approval of an item. A person wrote it: what is not understood is none."""
    name = item["sk"]["S"].removeprefix(APPROVAL)
    try:
        at = datetime.fromisoformat(_text(item, "at"))
        epoch = int(_text(item, "epoch"))
    except ValueError:
        return None
    if not name.strip() or at.tzinfo is None:
        return None
    return Approval(name, _text(item, "source"), _text(item, "target"), epoch, at)


def command(table: str, region: str, source: str, target: str, epoch: int) -> str:
    """What a person types who approves; their shell puts the time in."""
    item = of_approval(Approval("YOUR-NAME", source, target, epoch, datetime.now(UTC))) | {"at": {"S": "NOW"}}
    told = json.dumps(item).replace("NOW", "'\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"'")
    return f"aws dynamodb put-item --region {region} --table-name {table} --item '{told}'"


def _text(item: Item, name: str) -> str:
    return str(next(iter(item.get(name, {"S": ""}).values()), ""))
