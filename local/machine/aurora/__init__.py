"""A global database as real servers play it: RDS says what they are, and what is asked of RDS happens to them."""
