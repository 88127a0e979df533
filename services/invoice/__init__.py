"""The invoice processor: turns a confirmed order into a numbered invoice."""
