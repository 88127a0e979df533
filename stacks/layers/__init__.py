"""The layers of a region: each builds its part from the settings and from what the layers below it offer."""
