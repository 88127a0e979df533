"""What is watched of certificates: that they are renewed in time."""

from infra.monitor_terms import Thresholds
from infra.monitors.watch import Watch, metric, scoped
from infra.placement import Placement


def watch(name: str, place: Placement) -> Watch:
    """The monitor of a region's certificate.

    ACM renews 60 days before the end, so at 45 it has failed for two weeks, and at 30 AWS begins to write mails.
    https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    return Watch(
        "Certificates",
        "certificate-expiry",
        name,
        "the certificate is not renewed",
        metric("min", 24 * 60, f"min:aws.certificatemanager.days_to_expiry{scoped(place)}"),
        Thresholds(30, warning=45, below=True),
        "ACM has not renewed the certificate; when it ends, no browser and no program accepts the API any longer.",
        2,
    )
