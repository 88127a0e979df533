"""The transaction that makes what the CCP has done our own, with everything that follows from it."""

from services.common import orders
from services.common.database import Connection
from services.common.orders import State
from services.common.pipeline import outbox
from services.licensing.asking import Done
from services.licensing.changes import Change, ChangeKind, Extension, ItemState
from services.licensing.judgement import charged
from services.manifests.order import OrderManifest

_FIRST_REVISION = 1


def confirm(connection: Connection, change: Change, done: Done) -> bool:
    """Whether the change has left RESERVED or PARKED with what the CCP has done.

    False if it had left it before: whoever was faster has recorded the same.

    Raises:
        LookupError: a licence is not there as it was when the change was asked for; nothing may be recorded.
        psycopg.errors.UniqueViolation: the CCP has given the transaction to an earlier order.
    """
    moved = connection.execute(
        """
        UPDATE licence_change SET state = %s, reason = NULL, ccp_transactions = %s, leased_until = now(),
            updated_at = now()
        WHERE id = %s AND state IN ('RESERVED', 'PARKED')
        """,
        ("FINISHED" if change.extension else "CONFIRMED", [made.transaction_id for made in done], change.id),
    )
    if moved.rowcount == 0:
        return False
    if change.extension is None:
        _take_back(connection, change)
    else:
        _extend(connection, change, change.extension, done)
    return True


def _take_back(connection: Connection, change: Change) -> None:
    """The item first, as everybody who changes both locks them."""
    ids = list(change.license_ids)
    connection.execute(
        """
        UPDATE subscription_item SET quantity = quantity - %s, state = CASE WHEN %s THEN %s ELSE state END
        WHERE id = %s
        """,
        (len(ids), change.kind is ChangeKind.CANCEL, ItemState.CANCELLED.value, change.subscription_item_id),
    )
    returned = connection.execute(
        """
        WITH returned AS (
            UPDATE license SET returned_at = now() WHERE id = ANY(%s) AND returned_at IS NULL RETURNING id, account_id
        ), revoked AS (
            INSERT INTO license_account (license_id, account_id, created_at)
            SELECT id, NULL, clock_timestamp() FROM returned WHERE account_id IS NOT NULL
        )
        SELECT count(*) AS count FROM returned
        """,
        (ids,),
    ).fetchone()
    if returned is None or returned["count"] != len(ids):
        raise LookupError(f"change {change.id} is of {len(ids)} licences, and not all of them are there to be returned")


def _extend(connection: Connection, change: Change, extension: Extension, done: Done) -> None:
    """The licence runs longer, and the days that come to it are an order that the CCP has sold."""
    term, made = extension.term, done[0]
    license_id = change.license_ids[0]
    connection.execute(
        """
        INSERT INTO license_valid_to_date (license_id, valid_to_date, created_at) VALUES (%s, %s, clock_timestamp())
        """,
        (license_id, term.ends_on),
    )
    connection.execute(
        """
        INSERT INTO sales_order (id, kind, customer_id, subscription_id, sales_product_id, subscription_item_id,
            product_name, amount, sales_price, purchase_price, currency, purchase_currency, state, ccp_transaction_id,
            leased_until, ccp_check_at, charged_days, term_days, period_from, period_to)
        SELECT %(id)s, 'EXTEND', %(customer)s, i.subscription_id, i.sales_product_id, i.id,
            i.product_name, 1, %(sales)s, %(purchase)s, %(currency)s, %(purchase_currency)s, %(state)s, %(transaction)s,
            now(), 'infinity', %(days)s, %(term)s, %(from)s, %(to)s
        FROM subscription_item i WHERE i.id = %(item)s
        """,
        {
            "id": change.id,
            "customer": change.customer_id,
            "sales": extension.sales_price,
            "purchase": extension.purchase_price,
            "currency": extension.currency,
            "purchase_currency": extension.purchase_currency,
            "state": State.CONFIRMED.value,
            "transaction": made.transaction_id,
            "days": term.charged_days,
            "term": term.term_days,
            "from": term.starts_on,
            "to": term.ends_on,
            "item": change.subscription_item_id,
        },
    )
    orders.record(connection, change.id, State.CONFIRMED)
    manifest = OrderManifest(
        transaction_id=made.transaction_id,
        ccp_service_item_id=change.service_id,
        amount=1,
        price_per_item=extension.purchase_price,
        total_price=charged(done),
        discount=made.discount or 0,
        license_ids=(license_id,),
        timestamp=made.timestamp,
    )
    outbox.add(connection, outbox.payload("invoice", change.customer_id, change.id, _FIRST_REVISION, manifest))
