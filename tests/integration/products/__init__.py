"""Sales Products over a real PostgreSQL."""
