"""The e-mail service: sends each mail once."""
