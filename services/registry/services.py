"""Every service: the list that everything else follows from."""

from services.registry.callers import ADMIN, CUSTOMER, OPERATOR, PUBLIC, SERVICE, SIGNED_IN, STAFF, SUPPORT, Scope
from services.registry.model import Need, Role, Route, Service

SECRETS_CONTEXT = {"purpose": "license-keys"}
"""What KMS is told with every data key: grants ask for it, so that the key is of use for nothing else."""

INBOUND_PREFIX = "inbound/"
"""Where in the payload bucket mail that came in lies, as it came."""

SERVICES: tuple[Service, ...] = (
    Service(
        "database",
        Role.MIGRATE,
        "brings the shared database to the schema this release needs, and lets its controller sign in",
        frozenset({Need.DATABASE_OWNER, Need.LOGIN}),
    ),
    Service(
        "portal",
        Role.WEB,
        "shows the API: one page and one OpenAPI document for all services",
        routes=(Route("GET", "/", PUBLIC), Route("GET", "/openapi.json", PUBLIC)),
    ),
    Service(
        "identity",
        Role.WEB,
        "signs people in and out, and lets them choose a new password by e-mail",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PASSWORDS}),
        (
            Route("POST", "/identity/sign-in", PUBLIC),
            Route("POST", "/identity/sign-in/new-password", PUBLIC),
            Route("POST", "/identity/refresh", PUBLIC),
            Route("POST", "/identity/sign-out", SIGNED_IN),
            Route("POST", "/identity/password-reset", PUBLIC),
            Route("POST", "/identity/password-reset/confirm", PUBLIC),
            Route("GET", "/identity/me", SIGNED_IN),
        ),
    ),
    Service(
        "users",
        Role.WEB,
        "keeps companies, their people with their roles, their accounts and subscriptions",
        frozenset({Need.DATABASE, Need.TOKENS, Need.DIRECTORY}),
        (
            Route("GET", "/company", CUSTOMER),
            Route("PATCH", "/company", ADMIN),
            Route("GET", "/people", CUSTOMER),
            Route("POST", "/people", ADMIN),
            Route("GET", "/people/{id}", CUSTOMER),
            Route("PATCH", "/people/{id}", ADMIN),
            Route("POST", "/people/{id}/invite", ADMIN),
            Route("POST", "/people/{id}/deactivate", ADMIN),
            Route("POST", "/people/{id}/reactivate", ADMIN),
            Route("GET", "/audit", ADMIN | OPERATOR),
            Route("GET", "/accounts", CUSTOMER),
            Route("POST", "/accounts", ADMIN),
            Route("GET", "/accounts/{id}", CUSTOMER),
            Route("PATCH", "/accounts/{id}", ADMIN),
            Route("DELETE", "/accounts/{id}", ADMIN),
            Route("GET", "/subscriptions", CUSTOMER),
            Route("POST", "/subscriptions", ADMIN),
            Route("GET", "/subscriptions/{id}", CUSTOMER),
            Route("PATCH", "/subscriptions/{id}", ADMIN),
            Route("GET", "/customers", STAFF | SERVICE, Scope.CUSTOMERS),
            Route("POST", "/customers", OPERATOR),
            Route("GET", "/customers/{id}", STAFF | SERVICE, Scope.CUSTOMERS),
            Route("PATCH", "/customers/{id}", OPERATOR),
            Route("POST", "/customers/{id}/deactivate", OPERATOR),
            Route("POST", "/customers/{id}/reactivate", OPERATOR),
        ),
    ),
    Service(
        "products",
        Role.WEB,
        "keeps the catalogue in step with the CCP's and computes sales prices by margin rules",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP}),
        (
            Route("GET", "/products", SIGNED_IN | SERVICE, Scope.CATALOGUE),
            Route("GET", "/products/{id}", SIGNED_IN | SERVICE, Scope.CATALOGUE),
            Route("GET", "/products/{id}/prices", SIGNED_IN | SERVICE, Scope.CATALOGUE),
            Route("GET", "/catalogue/margin-rules", OPERATOR),
            Route("POST", "/catalogue/margin-rules", OPERATOR),
            Route("DELETE", "/catalogue/margin-rules/{id}", OPERATOR),
            Route("GET", "/catalogue/exchange-rates", OPERATOR),
            Route("POST", "/catalogue/exchange-rates", OPERATOR),
            Route("GET", "/catalogue/synchronisations", OPERATOR),
            Route("POST", "/catalogue/synchronisations", OPERATOR),
        ),
    ),
    Service(
        "licensing",
        Role.WEB,
        "assigns licences, and changes their number and their term at the CCP",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP, Need.SEALED}),
        (
            Route("GET", "/licenses", CUSTOMER),
            Route("GET", "/licenses/{id}", CUSTOMER),
            Route("GET", "/licenses/{id}/key", CUSTOMER),
            Route("GET", "/licenses/{id}/history", CUSTOMER),
            Route("POST", "/licenses/{id}/assign", ADMIN),
            Route("POST", "/licenses/{id}/revoke", ADMIN),
            Route("POST", "/licenses/{id}/extend", ADMIN),
            Route("GET", "/subscription-items", CUSTOMER),
            Route("GET", "/subscription-items/{id}", CUSTOMER),
            Route("POST", "/subscription-items/{id}/quantity", ADMIN),
            Route("POST", "/subscription-items/{id}/cancel", ADMIN),
            Route("GET", "/license-changes/{id}", CUSTOMER),
        ),
    ),
    Service(
        "invoices",
        Role.WEB,
        "lists invoices with their totals and hands out their documents by short-lived links",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PRINTED}),
        (
            Route("GET", "/invoices", CUSTOMER | SERVICE, Scope.INVOICES),
            Route("GET", "/invoices/totals", CUSTOMER),
            Route("GET", "/invoices/{id}", CUSTOMER | SERVICE, Scope.INVOICES),
            Route("GET", "/invoices/{id}/document", CUSTOMER | SERVICE, Scope.INVOICES),
            Route("POST", "/invoices/{id}/resend", CUSTOMER),
        ),
    ),
    Service(
        "support",
        Role.WEB,
        "keeps support cases, with mail to and from the customer",
        frozenset({Need.DATABASE, Need.TOKENS}),
        (
            Route("GET", "/cases", CUSTOMER | SUPPORT),
            Route("POST", "/cases", CUSTOMER),
            Route("GET", "/cases/{id}", CUSTOMER | SUPPORT),
            Route("PATCH", "/cases/{id}", SUPPORT),
            Route("GET", "/cases/{id}/messages", CUSTOMER | SUPPORT),
            Route("POST", "/cases/{id}/messages", CUSTOMER | SUPPORT),
            Route("POST", "/cases/{id}/close", CUSTOMER),
            Route("GET", "/cases/{id}/timeline", SUPPORT),
        ),
    ),
    Service(
        "order",
        Role.WEB,
        "accepts orders, buys them at the CCP and shows their stages",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP, Need.SECRETS}),
        (
            Route("POST", "/create-order", CUSTOMER),
            Route("GET", "/orders", CUSTOMER),
            Route("GET", "/orders/{id}", CUSTOMER | SERVICE, Scope.ORDERS),
            Route("POST", "/orders/{id}/cancel", CUSTOMER),
        ),
    ),
    Service(
        "orchestrator",
        Role.WEB,
        "shows operators the pipeline, restarts orders, finds those that stand still and notes hand-overs",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PAYLOADS, Need.DOCUMENTS, Need.OPERATIONS}),
        (
            Route("GET", "/operations/orders", OPERATOR | SERVICE, Scope.ORDERS),
            Route("GET", "/operations/orders/{id}", OPERATOR),
            Route("POST", "/operations/orders/{id}/restart", OPERATOR),
            Route("POST", "/operations/orders/{id}/resend", OPERATOR),
            Route("POST", "/operations/orders/{id}/credit-notes", OPERATOR),
            Route("POST", "/operations/restarts", OPERATOR),
            Route("POST", "/operations/license-changes/{id}/restart", OPERATOR),
            Route("GET", "/operations/dead-letters", OPERATOR),
            Route("POST", "/operations/dead-letters/{queue}/redrive", OPERATOR),
            Route("POST", "/operations/dead-letters/{queue}/discard", OPERATOR),
            Route("GET", "/operations/handovers", OPERATOR),
            Route("GET", "/operations/handovers/{epoch}", OPERATOR),
            Route("GET", "/operations/writer", OPERATOR),
            Route("GET", "/operations/payloads/expiring", OPERATOR),
            Route("GET", "/operations/payloads/{customer}/{order}/{stage}/{name}", OPERATOR),
            Route("POST", "/operations/payloads/{customer}/{order}/{stage}/{name}/extend", OPERATOR),
        ),
    ),
    Service(
        "relay",
        Role.WORKER,
        "moves the outbox: each payload to S3, then its path to the queue",
        frozenset({Need.DATABASE, Need.PAYLOADS}),
    ),
    Service(
        "invoice",
        Role.WORKER,
        "numbers invoices and credit notes, each kind in a series without a gap",
        frozenset({Need.DATABASE, Need.PAYLOADS}),
    ),
    Service(
        "document",
        Role.WORKER,
        "witnesses each number and renders its document as a PDF",
        frozenset({Need.DATABASE, Need.PAYLOADS, Need.DOCUMENTS, Need.NUMBERS}),
    ),
    Service(
        "email",
        Role.WORKER,
        "sends each e-mail once and keeps the ledger that proves it",
        frozenset({Need.DATABASE, Need.PAYLOADS, Need.PRINTED, Need.MAIL}),
    ),
    Service(
        "support-mail",
        Role.WORKER,
        "takes customers' answers by mail into their support cases",
        frozenset({Need.DATABASE, Need.INBOUND}),
        folder="support",
    ),
)


def service(name: str) -> Service:
    """The service of that name.

    Raises:
        KeyError: no such service is registered.
    """
    for entry in SERVICES:
        if entry.name == name:
            return entry
    raise KeyError(name)
