"""Row level security, as every migration that makes a table of a tenant declares it.

Two roles meet it: the application's own, under which workers and staff see every customer, and the tenant's, which a
transaction on behalf of one customer takes on. A table without a policy for the tenant shows it nothing.
"""

APPLICATION = "cloudsales_app"
TENANT = "cloudsales_tenant"
CONTROLLER = "cloudsales_controller"
"""Moves the writer, and sees no row of a customer."""

CUSTOMER = "nullif(current_setting('cloudsales.customer', true), '')::uuid"
"""The customer of the transaction; without one it is null, which equals nothing."""


def protect(table: str, owned: str | None = None, *, tenant: str = "SELECT") -> str:
    """SQL that enables row level security on the table.

    Args:
        table: the table; nobody but its owner sees a row of it until a policy says so.
        owned: the condition under which a row is the tenant's own, in terms of the table's columns and `{customer}`;
            None for tables that no customer's request reads or writes.
        tenant: what the tenant's role may do with its own rows, as GRANT has it, for example `SELECT, UPDATE (name)`.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY everybody_s ON {table} TO {APPLICATION} USING (true) WITH CHECK (true)",
    ]
    return ";\n".join(statements) + ";\n" + (show(table, owned, tenant=tenant) if owned is not None else "")


def show(table: str, owned: str, *, tenant: str) -> str:
    """SQL that lets tenants at their own rows of a table that is protected already; as `protect`."""
    condition = owned.format(customer=CUSTOMER)
    return (
        f"CREATE POLICY its_own ON {table} TO {TENANT} USING ({condition}) WITH CHECK ({condition});\n"
        f"GRANT {tenant} ON {table} TO {TENANT};\n"
    )


def hide(table: str) -> str:
    """SQL that takes `show` back."""
    return f"DROP POLICY its_own ON {table};\nREVOKE ALL ON {table} FROM {TENANT};\n"


def unprotect(table: str) -> str:
    """SQL that takes `protect` back, for a downgrade that keeps the table."""
    return (
        f"DROP POLICY everybody_s ON {table};\n"
        f"DROP POLICY IF EXISTS its_own ON {table};\n"
        f"REVOKE ALL ON {table} FROM {TENANT};\n"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    )


def versioned(table: str) -> str:
    """SQL that gives the table its `version`, which every update raises together with `updated_at`."""
    return (
        f"ALTER TABLE {table} ADD COLUMN version integer NOT NULL DEFAULT 1;\n"
        f"CREATE TRIGGER bump_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION bump_version();\n"
    )


def unversioned(table: str) -> str:
    """SQL that takes `versioned` back."""
    return f"DROP TRIGGER bump_version ON {table};\nALTER TABLE {table} DROP COLUMN version;\n"
