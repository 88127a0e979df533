"""Invoice Lookup: a customer's invoices and credit notes, what they come to, their documents and their mails."""
