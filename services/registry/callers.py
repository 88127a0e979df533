"""Who may call, and what services of ours may be given leave to read."""

from enum import StrEnum


class Caller(StrEnum):
    """Who may call an operation.

    What a customer's people may do stands in the database, so that a change holds at once; staff are members of the
    group of the user pool that has the caller's name. A service is a program of ours that calls for itself, and reads
    what its token's scopes name.
    """

    PUBLIC = "public"
    USER = "user"
    ADMIN = "admin"
    SUPPORT = "support"
    OPERATOR = "operator"
    SERVICE = "service"


class Scope(StrEnum):
    """What a service can be given leave to read."""

    CATALOGUE = "catalogue.read"
    CUSTOMERS = "customers.read"
    ORDERS = "orders.read"
    INVOICES = "invoices.read"

    @property
    def full(self) -> str:
        """The scope as tokens have it."""
        return f"{RESOURCE_SERVER}/{self.value}"


RESOURCE_SERVER = "cloud-sales"
"""What the issuer calls this API, whose scopes it gives to services."""
SCOPES = {
    Scope.CATALOGUE: "Read all products with what they cost us and at what prices they are sold",
    Scope.CUSTOMERS: "Read all customers with their administrators",
    Scope.ORDERS: "Read all orders and where they stand",
    Scope.INVOICES: "Read all invoices and credit notes, and fetch their documents",
}
"""In words, for whoever gives the leave."""

PUBLIC = frozenset({Caller.PUBLIC})
CUSTOMER = frozenset({Caller.USER, Caller.ADMIN})
ADMIN = frozenset({Caller.ADMIN})
SUPPORT = frozenset({Caller.SUPPORT})
OPERATOR = frozenset({Caller.OPERATOR})
STAFF = frozenset({Caller.SUPPORT, Caller.OPERATOR})
SIGNED_IN = CUSTOMER | STAFF
SERVICE = frozenset({Caller.SERVICE})

STAFF_GROUPS = tuple(sorted(caller.value for caller in STAFF))
"""The groups of the user pool that make somebody staff."""
