"""Amounts of money in their currencies, and the shares of them."""
