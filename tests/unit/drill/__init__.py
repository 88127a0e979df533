"""The drill's own parts: what it makes of what happened, before anything has."""
