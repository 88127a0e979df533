"""The scenarios, in the order in which they are played: those after which a region has to be brought back come last."""
