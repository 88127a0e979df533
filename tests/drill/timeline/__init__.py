"""The picture of a scenario: a pure function from what happened to SVG text."""

from tests.drill.timeline.drawing import draw

__all__ = ["draw"]
