"""What came of the derived breaks, taken together."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tests.mutation.trial import Trial


class Alike(NamedTuple):
    """What breaks of the same property have in common, whichever resource it is of."""

    rule: str
    type: str
    place: str
    kind: str
    reason: str

    @classmethod
    def of(cls, trial: Trial) -> "Alike":
        """The class of a break."""
        return cls(trial.rule, trial.resource.type, trial.place, trial.kind, trial.crash or trial.reason or "")

    def __str__(self) -> str:
        return " | ".join(self)


class Report:
    """Sorts breaks by whether the rule that reads the property demands something of it.

    Attributes:
        demanded: breaks that count: of a kind that the rule refuses at some resource, and that are breaches here too.
        missed: those of them that the rule did not notice here.
        excused: breaks of such a kind that are no breach here, with the reason.
        undemanded: breaks of a kind that the rule refuses nowhere.
    """

    def __init__(self, tried: Sequence[Trial]) -> None:
        refused = {_key(one) for one in tried if one.caught}
        of_interest = [one for one in tried if _key(one) in refused]
        self.demanded = [one for one in of_interest if one.caught or not one.reason]
        self.missed = Counter(Alike.of(one) for one in self.demanded if not one.caught)
        self.excused = Counter(Alike.of(one) for one in of_interest if not one.caught and one.reason)
        self.undemanded = Counter(Alike.of(one) for one in tried if _key(one) not in refused)


def _key(trial: Trial) -> tuple[str, str, str, str]:
    return trial.rule, trial.resource.type, trial.place, trial.kind
