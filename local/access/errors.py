"""What can go wrong with judging."""


class PolicyError(Exception):
    """A policy says something that is not understood here: nothing is allowed by it until it is."""
