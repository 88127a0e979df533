"""Input that nobody sends by accident, made from a seed."""
