"""The order service: accepts orders and buys them at the CCP."""
