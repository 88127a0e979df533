"""What is watched of networks: that what leaves gets out, and that what crosses arrives."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, scoped
from infra.placement import Placement


def way_out(name: str, place: Placement) -> Watch:
    """The monitor of a region's NAT gateway: AWS says of this count that it should be zero.

    https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    return Watch(
        "Network",
        "network-ports",
        name,
        "connections do not get out",
        metric("sum", 15, f"sum:aws.natgateway.error_port_allocation{scoped(place)}.as_count()"),
        Thresholds(0),
        "The NAT gateway has no port left for one destination: calls of the CCP, mail and sign-in fail now and then.",
        3,
        missing=Missing.RESOLVE,
    )


def crossing(name: str, place: Placement) -> Watch:
    """The monitor of a region's transit gateway, by which its services reach a writer elsewhere.

    Every region has a route for every other, so a packet without one means that a route or a peering is gone.
    """
    return Watch(
        "Transit",
        "network-crossing",
        name,
        "packets find no way to another region",
        metric("sum", 10, f"sum:aws.transitgateway.packet_drop_count_no_route{scoped(place)}.as_count()"),
        Thresholds(10),
        "The transit gateway drops packets to another region: if the writer is there, this region cannot write.",
        2,
        missing=Missing.RESOLVE,
    )
