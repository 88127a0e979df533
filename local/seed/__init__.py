"""Demo data of the one-machine run: two legal entities, eight customers in as many scripts, and the CCP's catalogue."""

from local.seed.demo import PASSWORD, DemoCustomer, customers
from local.seed.rows import CatalogueItem, write_rows
from local.seed.users import ensure_users

__all__ = ["PASSWORD", "CatalogueItem", "DemoCustomer", "customers", "ensure_users", "write_rows"]
