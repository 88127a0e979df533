"""Demo data of the one-machine run: two legal entities, eight customers in as many scripts, the CCP's catalogue, and
what the customers did before: orders with their licences and invoices, and support cases.
"""

from local.seed.cases import write_cases
from local.seed.demo import (
    FIRST_AMOUNT,
    FIRST_CUSTOMER,
    OPERATOR,
    PASSWORD,
    PRODUCT_ID,
    SUPPORT,
    DemoCustomer,
    customers,
)
from local.seed.history import write_past
from local.seed.people import write_people
from local.seed.rows import CatalogueItem, write_rows
from local.seed.users import ensure_staff, ensure_users

__all__ = [
    "FIRST_AMOUNT",
    "FIRST_CUSTOMER",
    "OPERATOR",
    "PASSWORD",
    "PRODUCT_ID",
    "SUPPORT",
    "CatalogueItem",
    "DemoCustomer",
    "customers",
    "ensure_staff",
    "ensure_users",
    "write_cases",
    "write_past",
    "write_people",
    "write_rows",
]
