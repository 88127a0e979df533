"""Recordings of what never happened, for tests."""

from tests.drill.events import Attempt, Kind, Mark, Recording, Served, Sight, Window

REGIONS = ("eu", "apac")


def switched() -> Recording:
    """A minute with five orders a second, of which those from 20 to 22 s are told 503 and come back at 22.5 s."""
    attempts, served = [], []
    for number in range(300):
        at, region = number / 5, "eu" if number < 100 else "apac"
        if 20 <= at < 22:
            attempts.append(Attempt(at, 0.1, f"order-{number}", 503))
            served.append(Served(at + 0.1, "eu", 503))
            at = 22.5
        attempts.append(Attempt(at, 0.1, f"order-{number}", 201))
        served.append(Served(at + 0.1, region, 201))
    sights = [
        Sight(
            at / 2,
            ("eu",) if at < 40 else () if at < 44 else ("apac",),
            {"eu": 153, "apac": 102} if at < 60 else {"eu": 102, "apac": 153},
            {"eu": not 90 <= at < 100, "apac": None if at < 10 else True},
        )
        for at in range(120)
    ]
    marks = [Mark(20.0, "apac takes over"), Mark(45.0, "eu refuses", Kind.FAULT), Mark(50.0, "eu answers", Kind.BACK)]
    return Recording(REGIONS, 60.0, attempts, served, sights, marks, [Window(20.0, 22.0)])
