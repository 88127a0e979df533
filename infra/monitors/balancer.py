"""What is watched of the balancer: every group of pods, and what the balancer answers itself."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, grouped, metric, percent, scoped
from infra.placement import Placement

_METRICS = "aws.applicationelb"


def watches(name: str, place: Placement, prefix: str) -> tuple[Watch, ...]:
    """The monitors of a balancer and of its groups, whose names begin with `prefix`.

    Its own errors: a request for which it found no pod, or none that answered in time, is lost, so 1 % is enough.
    """
    here = scoped(place)
    own = Watch(
        "Balancer",
        "balancer-5xx",
        name,
        "the balancer finds no pod that answers",
        metric("sum", 10, percent(f"sum:{_METRICS}.httpcode_elb_5xx{here}", f"sum:{_METRICS}.request_count{here}")),
        Thresholds(1),
        "The balancer itself answers requests with an error: a group is empty, or its pods do not answer.",
        2,
        missing=Missing.RESOLVE,
    )
    return (own, *_of_groups(name, place, prefix))


def _of_groups(name: str, place: Placement, prefix: str) -> tuple[Watch, ...]:
    """One monitor of each kind for all groups; each that has a fault is an alarm of its own.

    Unhealthy pods: a pod that starts or leaves is unhealthy for seconds, one that is so for ten minutes is broken.

    5xx: as at the edge, 5 %; here it says whose they are.
    """
    each = grouped(scoped(place, targetgroup=f"targetgroup/{prefix}*"), "targetgroup")
    return (
        Watch(
            "Balancer",
            "balancer-unhealthy",
            name,
            "pods are not ready",
            metric("min", 10, f"max:{_METRICS}.un_healthy_host_count{each}"),
            Thresholds(0),
            "A pod of {{targetgroup.name}} gets no requests: it has said for ten minutes that it is not ready.",
            3,
            missing=Missing.RESOLVE,
        ),
        Watch(
            "Balancer",
            "balancer-target-5xx",
            name,
            "a service fails",
            metric(
                "sum", 10, percent(f"sum:{_METRICS}.httpcode_target_5xx{each}", f"sum:{_METRICS}.request_count{each}")
            ),
            Thresholds(5, warning=1),
            "Of a hundred requests to {{targetgroup.name}} more than five are answered with an error of its own.",
            2,
            missing=Missing.RESOLVE,
        ),
    )
