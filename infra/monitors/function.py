"""What is watched of a function: that it is called, that it may run, and that it does what it should.

The calls that it failed on lie in a dead-letter queue, which is watched with all others.
"""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, scoped
from infra.placement import Placement


def watches(name: str, place: Placement, period_minutes: int, service: str) -> tuple[Watch, ...]:
    """The monitors of a function that is started every `period_minutes`.

    Three periods without a call mean that its schedule is gone, for one call may be late and one may fail. Silence is
    a count of zero. One error may be a dependency's, and the next call makes good for it: the alarm is the second in
    three periods. A throttled call met the one before it, still at work.
    """
    scope, window = scoped(place, functionname=name), 3 * period_minutes
    return (
        Watch(
            "Function",
            "function-errors",
            name,
            "fails",
            metric("sum", window, f"sum:aws.lambda.errors{scope}.as_count()"),
            Thresholds(1, warning=0),
            "The function failed more than once in a row; what it keeps in order, nobody keeps in order now.",
            2,
            missing=Missing.ZERO,
            service=service,
        ),
        Watch(
            "Function",
            "function-throttles",
            name,
            "is refused",
            metric("sum", window, f"sum:aws.lambda.throttles{scope}.as_count()"),
            Thresholds(1, warning=0),
            "AWS refused to start the function: a call before it still runs, or the account has none left.",
            3,
            missing=Missing.ZERO,
            service=service,
        ),
        Watch(
            "Function",
            "function-silent",
            name,
            "is not called",
            metric("sum", window, f"sum:aws.lambda.invocations{scope}.as_count()"),
            Thresholds(1, below=True),
            f"Nobody has called the function for {window} minutes, though its schedule says every {period_minutes}.",
            2,
            missing=Missing.ZERO,
            service=service,
        ),
    )
