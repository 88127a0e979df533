"""What lists show of a document, as it was printed, and the index by which each list finds its page.

Sums, days and descriptions are those of the document payload: nothing is computed a second time. Whoever stores an
invoice without them gets them at the commit, when its payload stands in the outbox.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PRINTED = """
ALTER TABLE invoice ADD COLUMN net numeric(19, 4), ADD COLUMN issued_on date, ADD COLUMN due_on date;
ALTER TABLE invoice_line ADD COLUMN description text;
COMMENT ON COLUMN invoice.net IS 'before tax, in the invoice''s currency: amount less net is the tax';
COMMENT ON COLUMN invoice.issued_on IS 'in the seller''s calendar, as printed';
COMMENT ON COLUMN invoice.due_on IS 'null on credit notes';

CREATE FUNCTION tell_as_printed(document uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    printed jsonb;
BEGIN
    SELECT b.body::jsonb -> 'payload' INTO printed
    FROM invoice v JOIN outbox b ON b.order_id = v.order_id AND b.queue = 'document'
        AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text
    WHERE v.id = document ORDER BY b.id LIMIT 1;
    UPDATE invoice_line l SET
        net = coalesce(l.net, (printed #>> ARRAY['lines', (l.position - 1)::text, 'net'])::numeric,
            l.quantity * l.sales_price),
        description = coalesce(l.description, printed #>> ARRAY['lines', (l.position - 1)::text, 'description'], p.name)
    FROM sales_product p WHERE l.invoice_id = document AND p.id = l.sales_product_id
        AND (l.net IS NULL OR l.description IS NULL);
    UPDATE invoice v SET
        net = coalesce(v.net, (printed #>> '{totals,net}')::numeric,
            (SELECT sum(l.net) FROM invoice_line l WHERE l.invoice_id = v.id), v.amount),
        issued_on = coalesce(v.issued_on, (printed ->> 'issuedOn')::date, (v.generated_at AT TIME ZONE 'UTC')::date),
        due_on = coalesce(v.due_on, (printed ->> 'dueOn')::date)
    WHERE v.id = document;
END
$$;
SELECT tell_as_printed(id) FROM invoice;

CREATE FUNCTION as_printed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tell_as_printed(NEW.id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER as_printed AFTER INSERT ON invoice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.net IS NULL OR NEW.issued_on IS NULL) EXECUTE FUNCTION as_printed();
"""

_SHOWN_STATE = """(
    CASE WHEN cancelled_at IS NOT NULL THEN 'CANCELLED'
        WHEN cancel_due_at IS NOT NULL AND state <> 'PARKED' THEN 'CANCELLING' ELSE state END
)"""
"""What customers are told of an order's state, as the order service's lists have it."""

# The page of invoices carries what months are added up from: no row is read for a total.
_INDEXES = f"""
CREATE INDEX sales_order_of_customer ON sales_order (customer_id, created_at, id);
DROP INDEX sales_order_customer_id_created_at_idx;
CREATE INDEX sales_order_of_subscription ON sales_order (customer_id, subscription_id, created_at, id);
CREATE INDEX sales_order_shown_state ON sales_order (customer_id, {_SHOWN_STATE}, created_at, id);

CREATE INDEX invoice_page ON invoice (customer_id, issued_on, generated_at, id) INCLUDE (currency, kind, amount, net);
CREATE INDEX invoice_credit_notes ON invoice (customer_id, issued_on, generated_at, id) WHERE kind = 'CREDIT_NOTE';
CREATE INDEX invoice_of_item ON invoice (subscription_item_id, issued_on, generated_at, id);

CREATE INDEX app_user_by_state ON app_user (customer_id, state, created_at, id);
CREATE INDEX app_user_by_role ON app_user (customer_id, role, created_at, id);

CREATE INDEX support_case_page ON support_case (created_at, id);
CREATE INDEX support_case_by_status ON support_case (status, created_at, id);
CREATE INDEX support_case_of_assignee ON support_case (assignee, created_at, id);
CREATE INDEX support_case_of_nobody ON support_case (created_at, id) WHERE assignee IS NULL;
CREATE INDEX support_case_of_customer ON support_case (customer_id, created_at, id);
CREATE INDEX support_case_of_customer_by_status ON support_case (customer_id, status, created_at, id);
CREATE INDEX support_case_words ON support_case USING gin (to_tsvector('simple', subject));
"""

DOWNGRADE = """
DROP INDEX support_case_words, support_case_of_customer_by_status, support_case_of_customer, support_case_of_nobody,
    support_case_of_assignee, support_case_by_status, support_case_page;
DROP INDEX app_user_by_role, app_user_by_state;
DROP INDEX invoice_of_item, invoice_credit_notes, invoice_page;
CREATE INDEX sales_order_customer_id_created_at_idx ON sales_order (customer_id, created_at);
DROP INDEX sales_order_shown_state, sales_order_of_subscription, sales_order_of_customer;
DROP TRIGGER as_printed ON invoice;
DROP FUNCTION as_printed(), tell_as_printed(uuid);
ALTER TABLE invoice_line DROP COLUMN description;
ALTER TABLE invoice DROP COLUMN net, DROP COLUMN issued_on, DROP COLUMN due_on;
"""


def upgrade() -> None:
    op.execute(_PRINTED + _INDEXES)


def downgrade() -> None:
    op.execute(DOWNGRADE)
