"""Compares what S3 tells after a loss with what the database still knows, and writes down the difference."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.common.database import Connection
from services.common.errors import Poison
from services.common.pipeline import manifests
from services.document.remains import Remains
from services.document.traces import Holder, Traces, Witness
from services.manifests.document import DocumentManifest

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Number:
    """A number with its witness, whose it is, and the payload that its document was printed from, if S3 has that."""

    witness: Witness
    holder: Holder
    document: str | None


def unknown(connection: Connection, seen: Traces) -> list[Witness]:
    """Those numbers that no order has for sure which the database knows: never given, or to be looked up whose it is.

    A number that the database knows may be another order's there, given again before the loss was known.
    """
    rows = connection.execute(
        """
        SELECT w.place FROM unnest(%s::text[], %s::integer[]) WITH ORDINALITY AS w (series, number, place)
        LEFT JOIN invoice v ON (v.series, v.number) = (w.series, w.number)
        WHERE v.id IS NULL OR v.generated_at >= coalesce(
            (SELECT copied_until FROM writer_loss ORDER BY epoch DESC LIMIT 1), '-infinity'
        )
        """,
        ([one.series for one in seen.witnesses], [one.number for one in seen.witnesses]),
    ).fetchall()
    return [seen.witnesses[row["place"] - 1] for row in rows]


def looked_up(bucket: Remains, seen: Traces, witness: Witness, turn: Callable[[], None]) -> Number | None:
    """The number with what S3 has of it; None if its witness names nobody.

    Raises:
        Unavailable: the bucket does not answer.
    """
    turn()
    holder = Holder.of(bucket.read(witness.key))
    if holder is None:
        _log.error("a witness names nobody", extra={"path": witness.key})
        return None
    text = f"{witness.series}-{witness.number:06d}"
    bodies = (bucket.read(path) for path in seen.documents.get(holder.order_id, ()))
    return Number(witness, holder, next((body for body in bodies if _bears(body, text)), None))


def keep(connection: Connection, epoch: int, region: str, seen: Traces, numbers: Sequence[Number]) -> None:
    """Writes down what was found in the region's bucket, and that it was searched; twice is as good as once."""
    for number in numbers:
        _keep_number(connection, epoch, region, number)
    connection.execute(
        """
        INSERT INTO lost_mail (path, order_id, epoch)
        SELECT m.path, m.order_id, %(epoch)s FROM unnest(%(paths)s::text[], %(orders)s::uuid[]) AS m (path, order_id)
        WHERE NOT EXISTS (SELECT FROM email_ledger l WHERE l.path = m.path)
        UNION
        SELECT b.path, b.order_id, %(epoch)s FROM outbox b, writer_loss w
        WHERE w.epoch = %(epoch)s AND b.queue = 'email' AND b.consumed_at IS NULL AND b.sent_at < w.began_at
            AND NOT EXISTS (SELECT FROM email_ledger l WHERE l.path = b.path)
        ON CONFLICT DO NOTHING
        """,
        {"epoch": epoch, "paths": list(seen.mails), "orders": list(seen.mails.values())},
    )
    named = seen.orders | {number.holder.order_id for number in numbers}
    connection.execute(
        """
        INSERT INTO lost_order (order_id, epoch, found_in)
        SELECT id, %s, 'S3' FROM unnest(%s::uuid[]) AS named (id)
        WHERE NOT EXISTS (SELECT FROM sales_order o WHERE o.id = named.id)
            AND NOT EXISTS (SELECT FROM licence_change c WHERE c.id = named.id)
        ON CONFLICT DO NOTHING
        """,
        (epoch, list(named)),
    )
    for series, largest in seen.largest.items():
        connection.execute(
            """
            UPDATE invoice_series SET last_witnessed = greatest(last_witnessed, %s), updated_at = now()
            WHERE series = %s AND closed_by = %s
            """,
            (largest, series, epoch),
        )
    connection.execute(
        "UPDATE writer_loss SET read_regions = read_regions || %s::text WHERE epoch = %s", (region, epoch)
    )
    _log.info("searched the bucket of %s: %d numbers, %d mails", region, len(numbers), len(seen.mails))


def _keep_number(connection: Connection, epoch: int, region: str, number: Number) -> None:
    kept = connection.execute(
        """
        INSERT INTO lost_number (series, number, order_id, request_id, epoch, region, witnessed_at, document)
        SELECT %(series)s, %(number)s, %(order)s, %(request)s, %(epoch)s, %(region)s, %(at)s, %(document)s
        WHERE NOT EXISTS (
            SELECT FROM invoice WHERE (series, number, order_id) = (%(series)s, %(number)s, %(order)s)
        )
        ON CONFLICT (series, number, order_id) DO UPDATE
            SET document = coalesce(lost_number.document, excluded.document), updated_at = now()
        """,
        {
            "series": number.witness.series, "number": number.witness.number, "order": number.holder.order_id,
            "request": number.holder.request_id, "epoch": epoch, "region": region, "at": number.witness.put_at,
            "document": number.document,
        },
    )  # fmt: skip
    if kept.rowcount == 1:
        extra = {"order_id": number.holder.order_id, "path": number.witness.key}
        _log.error("a number was given out that the database has forgotten", extra=extra)


def _bears(body: str, number: str) -> bool:
    try:
        return manifests.read(DocumentManifest, body.encode()).payload.number == number
    except Poison:
        return False
