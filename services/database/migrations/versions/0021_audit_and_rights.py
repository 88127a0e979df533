"""Who changed people and companies, which support agents there are, and a tenant's role that reads no purchase price.

A release that reserves orders with `RETURNING purchase_price` under the tenant's role cannot work with this schema.
"""

from alembic import op

from services.database.tenancy import APPLICATION, CUSTOMER, TENANT, protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_AUDIT = f"""
CREATE TABLE company_change (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    customer_id uuid NOT NULL REFERENCES customer,
    person_id uuid REFERENCES app_user,
    action text NOT NULL CHECK (action IN
        ('CREATED', 'CHANGED', 'INVITED', 'INVITED_AGAIN', 'DEACTIVATED', 'REACTIVATED')),
    changes jsonb NOT NULL,
    actor text NOT NULL CHECK (actor IN ('CUSTOMER', 'STAFF')),
    actor_id uuid NOT NULL
);
COMMENT ON TABLE company_change IS 'append-only: the application may neither change nor delete a row';
COMMENT ON COLUMN company_change.person_id IS 'whom it is about; null: the company itself';
COMMENT ON COLUMN company_change.changes IS 'each field that became another, with its text before and after';
COMMENT ON COLUMN company_change.actor_id IS 'of a customer the app_user, of staff the token''s sub claim';
CREATE INDEX company_change_page ON company_change (at, id);
CREATE INDEX company_change_of_customer ON company_change (customer_id, at, id);
CREATE INDEX company_change_of_person ON company_change (person_id, at, id);
GRANT SELECT, INSERT ON company_change TO {APPLICATION};
"""

_AGENTS = f"""
CREATE TABLE support_agent (
    subject uuid PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE support_agent IS 'who has called as support: cases can be given to them';
INSERT INTO support_agent (subject)
SELECT author_id FROM case_message WHERE author = 'SUPPORT' UNION SELECT assignee FROM support_case
WHERE assignee IS NOT NULL;
GRANT SELECT, INSERT ON support_agent TO {APPLICATION};
"""  # noqa: S608 - constants

_INVOICES_OF_ALL = "CREATE INDEX invoice_page_of_all ON invoice (issued_on, generated_at, id);\n"

_ORDER_READ = """
    id, customer_id, subscription_id, sales_product_id, subscription_item_id, product_name, amount, sales_price,
    currency, state, reason, ccp_transaction_id, leased_until, created_at, updated_at, ccp_attempts, ccp_waiting,
    ccp_void, ccp_check_at, cancel_asked_at, cancel_due_at, cancel_attempts, cancel_taken_at, cancelled_at,
    cancel_refusal, kind, charged_days, term_days, period_from, period_to
"""
_ORDER_MADE = """
    id, customer_id, subscription_id, sales_product_id, subscription_item_id, product_name, amount, sales_price,
    currency, state, leased_until, kind, charged_days, term_days, period_from, period_to
"""
_ORDER_CHANGED = "state, reason, cancel_asked_at, cancel_due_at, cancel_attempts, cancel_refusal, updated_at"
_LINE_READ = """
    id, invoice_id, sales_product_id, quantity, sales_price, vat, vat_category, created_at, updated_at, position, net,
    charged_days, term_days, period_from, period_to, description
"""

_RIGHTS = f"""
REVOKE ALL ON sales_order, invoice_line FROM {TENANT};
GRANT SELECT ({_ORDER_READ}), INSERT ({_ORDER_MADE}), UPDATE ({_ORDER_CHANGED}) ON sales_order TO {TENANT};
GRANT SELECT ({_LINE_READ}) ON invoice_line TO {TENANT};
-- What is handed over to be invoiced tells what the sale has cost us.
ALTER POLICY its_own ON outbox USING (customer_id = {CUSTOMER} AND queue <> 'invoice')
    WITH CHECK (customer_id = {CUSTOMER});
"""

_FORMER_RIGHTS = f"""
ALTER POLICY its_own ON outbox USING (customer_id = {CUSTOMER}) WITH CHECK (customer_id = {CUSTOMER});
REVOKE ALL ON sales_order, invoice_line FROM {TENANT};
GRANT SELECT, INSERT, UPDATE ON sales_order TO {TENANT};
GRANT SELECT ON invoice_line TO {TENANT};
"""


def upgrade() -> None:
    op.execute(_AUDIT + _AGENTS + _INVOICES_OF_ALL + _RIGHTS)
    op.execute(
        protect("company_change", "customer_id = {customer}", tenant="SELECT, INSERT") + protect("support_agent")
    )


def downgrade() -> None:
    op.execute(_FORMER_RIGHTS + "DROP INDEX invoice_page_of_all; DROP TABLE support_agent, company_change;")
