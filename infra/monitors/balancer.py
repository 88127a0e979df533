"""What is watched of the balancer: every group of pods, and what the balancer answers itself."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, percent, scoped
from infra.placement import Placement

_METRICS = "aws.applicationelb"


def watches(name: str, place: Placement, groups: dict[str, str]) -> tuple[Watch, ...]:
    """The monitors of a balancer and of its groups, which are told as service -> name.

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
    return (own, *(watch for service, group in groups.items() for watch in _of_group(name, place, service, group)))


def _of_group(name: str, place: Placement, service: str, group: str) -> tuple[Watch, ...]:
    """Unhealthy pods: a pod that starts or leaves is unhealthy for seconds, one that is so for ten minutes is broken.

    5xx: as at the edge, 5 %; here it says whose they are.
    """
    scope = scoped(place, targetgroup=f"targetgroup/{group}/*")
    return (
        Watch(
            "Balancer",
            "balancer-unhealthy",
            f"{name}-{service}",
            "pods are not ready",
            metric("min", 10, f"max:{_METRICS}.un_healthy_host_count{scope}"),
            Thresholds(0),
            f"A pod of {service} gets no requests, because it has said for ten minutes that it is not ready.",
            3,
            missing=Missing.RESOLVE,
            service=service,
        ),
        Watch(
            "Balancer",
            "balancer-target-5xx",
            f"{name}-{service}",
            "the service fails",
            metric(
                "sum", 10, percent(f"sum:{_METRICS}.httpcode_target_5xx{scope}", f"sum:{_METRICS}.request_count{scope}")
            ),
            Thresholds(5, warning=1),
            f"Of a hundred requests to {service} more than five are answered with an error of its own.",
            2,
            missing=Missing.RESOLVE,
            service=service,
        ),
    )
