"""The shared database: its schema and how it changes."""
