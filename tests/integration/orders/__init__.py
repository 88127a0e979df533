"""The order service's routes over a real PostgreSQL."""
