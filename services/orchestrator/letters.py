"""What a dead letter is about, in words for the operator: nothing on these queues is passed over in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection
from services.common.errors import Poison
from services.common.pipeline.consumer import path_of
from services.orchestrator.audit import Finding
from services.orchestrator.held import Letter

BODY_SHOWN = 500


@dataclass(frozen=True)
class Origin:
    """Whose payload a path is, and which queue it leads to."""

    order_id: UUID
    queue: str
    state: str


@dataclass(frozen=True)
class Judged:
    """A message with what the database knows of it; without an order it is none of the pipeline's."""

    letter: Letter
    order_id: UUID | None
    why: str

    def document(self, effect: str, why: str | None = None) -> dict[str, object]:
        """The message as operators see it; `why` is the reason for the effect, if there is a better one."""
        return {
            "id": self.letter.id,
            "body": self.letter.body[:BODY_SHOWN],
            "sentAt": self.letter.sent_at.isoformat() if self.letter.sent_at else None,
            "orderId": str(self.order_id) if self.order_id else None,
            "effect": effect,
            "detail": why or self.why,
        }

    def finding(self, queue: str, effect: str, *, with_body: bool = True) -> Finding:
        """The message as the audit keeps it; an event of SES names people, so its body is left out."""
        body = f": {self.letter.body[:BODY_SHOWN]!r}" if with_body else ""
        return Finding(self.order_id, queue, effect, f"message {self.letter.id}: {self.why}{body}")


def judge(queue: str, letter: Letter, origins: Mapping[str, Origin]) -> Judged:
    """What the message on this queue's dead-letter queue is, by the origins of the paths that the database knows."""
    try:
        path = path_of(letter.body)
    except Poison as fault:
        return Judged(letter, None, f"{fault}: nothing tells which order it was for; it can only be discarded")
    origin = origins.get(path)
    if origin is None:
        return Judged(letter, None, "no payload of ours has this path; it can only be discarded")
    if origin.queue != queue:
        why = f"its payload belongs to the queue '{origin.queue}': a stray copy, which can be discarded"
        return Judged(letter, None, why)
    return Judged(letter, origin.order_id, f"its order is {origin.state}")


def judge_all(connection: Connection, queue: str, letters: Iterable[Letter]) -> list[Judged]:
    """Every message, judged."""
    given = list(letters)
    rows = connection.execute(
        """
        SELECT b.path, b.order_id, b.queue, o.state FROM outbox b JOIN sales_order o ON o.id = b.order_id
        WHERE b.path = ANY(%s)
        """,
        ([path for letter in given if (path := _path(letter)) is not None],),
    ).fetchall()
    origins = {row["path"]: Origin(row["order_id"], row["queue"], row["state"]) for row in rows}
    return [judge(queue, letter, origins) for letter in given]


def _path(letter: Letter) -> str | None:
    try:
        return path_of(letter.body)
    except Poison:
        return None
