"""Services against a real PostgreSQL and an AWS fake in the same process."""
