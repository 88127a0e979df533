"""Secrets at rest: sealed under data keys that KMS wraps."""
