"""The operations of User Management."""

from services.users.operations import accounts, company, customers, people, subscriptions

OPERATIONS = (
    *company.OPERATIONS,
    *people.OPERATIONS,
    *accounts.OPERATIONS,
    *subscriptions.OPERATIONS,
    *customers.OPERATIONS,
)
