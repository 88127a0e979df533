"""The second home: the one-machine run of the same stack."""
