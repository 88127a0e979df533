"""What a checker makes of its answers: one that differs from the others changes nothing until enough have followed."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Finding:
    """One answer, or none in time.

    Attributes:
        text: as Route 53 writes it, beginning with "Success" or "Failure".
    """

    well: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """What is reported, and how many of the latest findings in a row say otherwise."""

    reported: Finding
    against: int = 0

    def after(self, found: Finding, threshold: int) -> "Standing":
        """With one finding more; so many in a row turn it."""
        if found.well == self.reported.well or self.against + 1 >= threshold:
            return Standing(found)
        return Standing(replace(self.reported, at=found.at), self.against + 1)
