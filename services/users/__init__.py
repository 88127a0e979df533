"""User Management: companies and their people, accounts and subscriptions."""
