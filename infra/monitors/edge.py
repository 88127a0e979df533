"""What is watched of the way in: what the API answers, how soon, and whether the world reaches it."""

import pulumi

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, percent, scoped
from infra.placement import Placement

_COUNT = "sum:aws.apigateway.count"


def watches(name: str, place: Placement) -> tuple[Watch, ...]:
    """The monitors of a region's API, of which there is one in an account and region.

    Its routes are counted too, so sums are twice what they are; shares of one sum in another are not.

    5xx: AWS recommends 5 %. 4xx: callers' own faults; when two of five requests are refused, ours is likelier (a key
    rotated, a release that asks for another field). Latency: an order waits for the CCP, which may take 20 of the 29 s
    that the API waits (reliability, create order): at 10 s the budget of a second attempt is gone.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
    """
    here = scoped(place)
    return (
        Watch(
            "Edge",
            "edge-5xx",
            name,
            "requests fail",
            metric("sum", 10, percent(f"sum:aws.apigateway.5xx{here}", f"{_COUNT}{here}")),
            Thresholds(5, warning=1),
            "Of a hundred requests more than five are answered with an error of ours; customers see it.",
            1,
            missing=Missing.RESOLVE,
        ),
        Watch(
            "Edge",
            "edge-4xx",
            name,
            "requests are refused",
            metric("sum", 30, percent(f"sum:aws.apigateway.4xx{here}", f"{_COUNT}{here}")),
            Thresholds(40, warning=20),
            "Two of five requests are refused as the callers' fault; many callers at once are rarely at fault.",
            3,
            missing=Missing.RESOLVE,
        ),
        Watch(
            "Edge",
            "edge-latency",
            name,
            "answers take long",
            metric("avg", 15, f"max:aws.apigateway.latency.p99{here}"),
            Thresholds(10_000, warning=5000),
            "On one route a request of a hundred waits for more than ten seconds; at 29 the API gives up on it.",
            3,
            missing=Missing.RESOLVE,
        ),
    )


def health(name: str, check_id: pulumi.Input[str]) -> Watch:
    """The monitor of a region's own name, by its health check; AWS counts it in us-east-1, whatever it asks.

    Route 53 asks every 10 s and needs three failures to leave a region out, so five minutes mean that the region does
    not come back by itself.
    """
    status = pulumi.Output.concat("max(last_5m):max:aws.route53.health_check_status{healthcheckid:", check_id, "}")
    return Watch(
        "Domain",
        "edge-health",
        name,
        "the world does not reach the region",
        status,
        Thresholds(1, below=True),
        "Route 53 gets no answer at the region's own name and leaves it out: all customers are with the others.",
        1,
        missing=Missing.NOTIFY,
    )
