"""Mails from any service, and copies of a document's mail."""
