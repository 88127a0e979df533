"""Customer Support: cases with their messages, who works on them, and mails to the customer."""
