"""Who calls, once the token is believed: somebody of a customer's, staff, or a service of ours."""

from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection, Database
from services.common.errors import Forbidden
from services.common.tokens import Principal
from services.registry import SERVICE, STAFF, Caller, Scope

_PLURAL = {Caller.SUPPORT: "support agents", Caller.OPERATOR: "operators"}


@dataclass(frozen=True)
class Customer:
    """A person of a customer.

    Attributes:
        subject: the identity provider's user id.
        user_id: the person's row.
        customer_id: whose people they are.
        role: USER or ADMIN.
    """

    subject: UUID
    user_id: UUID
    customer_id: UUID
    role: Caller


@dataclass(frozen=True)
class Staff:
    """A support agent, an operator, or both."""

    subject: UUID
    roles: frozenset[Caller]


@dataclass(frozen=True)
class Service:
    """A program of ours that calls for itself: it is nobody's user and belongs to no customer."""

    client_id: str


def admit(
    database: Database, principal: Principal, allowed: frozenset[Caller], scope: Scope | None = None
) -> Customer | Staff | Service:
    """The caller, if they are one of those who are allowed; a service by the scope.

    Raises:
        Forbidden: they are not, or they are nobody's active user.
        Unavailable: the database does not answer.
    """
    if principal.user is None:
        return _service(principal, scope)
    staff = frozenset(role for role in STAFF if role.value in principal.groups)
    if staff & allowed:
        return Staff(principal.subject, staff)
    people = allowed - SERVICE
    if people <= STAFF:
        raise Forbidden(f"only {' and '.join(sorted(_PLURAL[role] for role in people))} may do this")
    customer = _customer(database, principal.subject)
    if customer.role not in allowed:
        raise Forbidden("only an administrator of your company may do this")
    return customer


def _service(principal: Principal, scope: Scope | None) -> Service:
    if scope is None:
        raise Forbidden("this is for people, and a service calls")
    if scope.full not in principal.scopes:
        raise Forbidden(f"the service's token lacks the scope {scope.full}")
    return Service(principal.client_id)


def _customer(database: Database, subject: UUID) -> Customer:
    with database.reading() as connection:
        row = connection.execute(
            """
            SELECT u.id, u.customer_id, u.role, u.state FROM app_user u JOIN customer c ON c.id = u.customer_id
            WHERE u.subject = %s AND u.active AND c.active
            """,
            (subject,),
        ).fetchone()
    if row is None:
        raise Forbidden("the signed-in user belongs to no active customer")
    if row["state"] == "INVITED":
        with database.transaction() as connection:
            _accept(connection, row["id"])
    return Customer(subject, row["id"], row["customer_id"], Caller(row["role"].lower()))


def _accept(connection: Connection, user_id: UUID) -> None:
    """With their first request somebody has accepted the invitation; who is changing the row does not hold them up."""
    connection.execute(
        """
        UPDATE app_user SET state = 'ACTIVE', accepted_at = now()
        WHERE id = (SELECT id FROM app_user WHERE id = %s AND state = 'INVITED' FOR NO KEY UPDATE SKIP LOCKED)
        """,
        (user_id,),
    )
