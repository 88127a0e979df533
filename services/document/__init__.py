"""The document generator: renders invoices as PDF."""
