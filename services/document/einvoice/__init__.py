"""Structured invoices after EN 16931: one meaning (`terms`), two syntaxes (`cii`, `ubl`), one hybrid PDF (`hybrid`)."""
