"""The operations of User Management."""

from services.users.operations import accounts, audit, company, customers, people, subscriptions

OPERATIONS = (
    *company.OPERATIONS,
    *people.OPERATIONS,
    *audit.OPERATIONS,
    *accounts.OPERATIONS,
    *subscriptions.OPERATIONS,
    *customers.OPERATIONS,
)
