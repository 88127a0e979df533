"""Demo data of the one-machine run: two legal entities, eight customers in as many scripts, and the CCP's catalogue."""

from local.seed.demo import FIRST_AMOUNT, FIRST_CUSTOMER, OPERATOR, PASSWORD, PRODUCT_ID, DemoCustomer, customers
from local.seed.rows import CatalogueItem, write_rows
from local.seed.users import ensure_operator, ensure_users

__all__ = [
    "FIRST_AMOUNT",
    "FIRST_CUSTOMER",
    "OPERATOR",
    "PASSWORD",
    "PRODUCT_ID",
    "CatalogueItem",
    "DemoCustomer",
    "customers",
    "ensure_operator",
    "ensure_users",
    "write_rows",
]
