"""The product's own word on people: who may come in, and who somebody is. The identity provider may be behind it."""

from uuid import UUID

from services.common.api import Call, Customer, Reply
from services.common.database import Connection, Database
from services.common.tokens import Principal
from services.identity.model import Me
from services.registry import STAFF_GROUPS


def may_come_in(database: Database, principal: Principal) -> bool:
    """Whether the person is staff, or somebody whom a customer has not deactivated.

    Raises:
        Unavailable: the database does not answer.
    """
    if principal.groups & set(STAFF_GROUPS):
        return True
    with database.transaction() as connection:
        return customer_of(connection, principal.subject) is not None


def customer_of(connection: Connection, subject: UUID) -> UUID | None:
    """The customer whose active person this is."""
    row = connection.execute(
        """
        SELECT u.customer_id FROM app_user u JOIN customer c ON c.id = u.customer_id
        WHERE u.subject = %s AND u.active AND c.active
        """,
        (subject,),
    ).fetchone()
    found: UUID | None = row["customer_id"] if row else None
    return found


def me(call: Call) -> Reply:
    """Who calls."""
    if not isinstance(call.caller, Customer):
        return Reply.of(_staff(call))
    with call.transaction() as connection:
        row = connection.execute(
            """
            SELECT u.email, u.first_name, u.last_name, c.company_name
            FROM app_user u JOIN customer c ON c.id = u.customer_id WHERE u.id = %s
            """,
            (call.caller.user_id,),
        ).fetchone()
    told = row or {}
    return Reply.of(
        Me(
            subject=call.caller.subject,
            roles=[call.caller.role.value],
            person_id=call.caller.user_id,
            email=told.get("email"),
            first_name=told.get("first_name"),
            last_name=told.get("last_name"),
            customer_id=call.caller.customer_id,
            company_name=told.get("company_name"),
        )
    )


def _staff(call: Call) -> Me:
    staff = call.staff
    return Me(
        subject=staff.subject,
        roles=sorted(role.value for role in staff.roles),
        person_id=None,
        email=None,
        first_name=None,
        last_name=None,
        customer_id=None,
        company_name=None,
    )
