"""Lines that services write when something needs a person, each watched by itself in every region.

The text is the one in `services/`; a test finds every error of theirs either here or among those that are only counted.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Incident:
    """A line of the logs, and from how many of them within a quarter of an hour on it is told.

    Attributes:
        component: the kind of component that it is about.
        services: who writes it; None are all that may.
    """

    anchor: str
    text: str
    title: str
    meaning: str
    priority: int
    component: str = "Release"
    allowed: int = 0
    services: tuple[str, ...] = ()


INCIDENTS = (
    Incident(
        "business-number-twice",
        "one number for two orders",
        "one invoice number went to two orders",
        "The database has lost data: it gave a number that an invoice outside of it bears already.",
        1,
    ),
    Incident(
        "business-number-forgotten",
        "a number was given out that the database has forgotten",
        "an invoice number was lost with its region",
        "A lost region gave a number whose order or invoice was not copied in time: it is restored, or it is parked.",
        2,
    ),
    Incident(
        "business-key-twice",
        "license-key-issued-twice",
        "one licence key was sold twice",
        "Two licences have one key: two customers can use what one of them paid for.",
        1,
    ),
    Incident(
        "business-parked",
        "parked",
        "orders are parked",
        "An order cannot go on by itself, and its customer has paid: somebody has to decide about it.",
        2,
        services=("order", "relay", "invoice", "document", "email"),
    ),
    Incident(
        "business-change-parked",
        "licence-change-parked",
        "changes of licences are parked",
        "A change of licences cannot go on by itself: the CCP answered what nobody expected.",
        2,
    ),
    Incident(
        "business-stood-still",
        "stood still",
        "orders stand still",
        "The orchestrator finds more orders than one that no stage works on, and starts their stages again.",
        3,
        allowed=10,
    ),
    Incident(
        "ccp-discrepancy",
        "ccp-discrepancy",
        "the CCP's books differ from ours",
        "The CCP has a sale that we have not, or the other way round; somebody pays for what nobody got.",
        2,
    ),
    Incident(
        "ccp-cancellation",
        "ccp-cancellation-refused",
        "the CCP does not take a sale back",
        "A sale too many was to be cancelled, and the CCP refuses it: we pay for it until somebody speaks with them.",
        2,
    ),
    Incident(
        "ccp-cancellation-unknown",
        "cancellation-without-outcome",
        "cancellations have no outcome",
        "The CCP has not said for hours whether an order is cancelled; its customer waits for the credit.",
        2,
    ),
    Incident(
        "ccp-comparison",
        "ccp-comparison-refused",
        "the CCP's books are not shown",
        "The nightly comparison with the CCP did not happen, so sales too many would stay unseen.",
        3,
    ),
    Incident(
        "catalogue-withdrawals",
        "catalogue-withdrawals-held-back",
        "the CCP's catalogue has shrunk",
        "The CCP's catalogue suddenly lacks so many products that they were not withdrawn from sale.",
        3,
    ),
    Incident(
        "mail-twice",
        "one mail went out twice",
        "a mail went out twice",
        "A customer got one mail twice, because there was no evidence that the first had left.",
        4,
    ),
    Incident(
        "worker-ended",
        "a loop has ended; leaving so that a fresh process takes over",
        "a worker's loop ended",
        "A loop of a worker ended though nothing told it to; Kubernetes has started another process.",
        3,
    ),
    Incident(
        "payload-lost",
        "payload lost: the relay writes it anew",
        "payloads are lost or altered",
        "An object in the bucket is gone or is another one; it was written anew from the database.",
        3,
        component="PayloadBucket",
    ),
    Incident(
        "secrets-key",
        "kms-unavailable",
        "licence keys cannot be sealed or opened",
        "KMS does not answer, or refuses the key: orders wait, and customers do not see their licence keys.",
        1,
        component="ReplicaKey",
    ),
)

COUNTED_ONLY = {
    "payload written again": "said once more, with the reason, where a payload was lost",
    "unexpected error": "the API answers 500, which the monitors of the edge and of each group count",
    "the work in hand is stuck: it is not kept any longer": "another process takes it; the queue's age tells if not",
    "the catalogue has a product whose price is no money": "the product is not offered, no more",
    "a legal entity sells in a currency that there is not": "as above, for one seller",
    "ccp-service-unreadable": "the product is not offered until the CCP describes it again",
    "message failed": "the message comes again, and in the end to the dead-letter queue, which has a monitor",
    "the scan failed and goes on": "repeated within a minute; what it would have found stands still meanwhile",
    "following failed and goes on": "repeated within a minute, without loss",
    "the reconciler failed and goes on": "repeated within a minute, without loss",
    "a hand-over could not be noted; it is tried again": "within seconds, for as long as the epoch lasts",
    "a witness names nobody": "its file's name says the number, and nothing goes on by it",
    "the synchroniser failed and goes on": "repeated at its next turn, without loss",
}
"""The other errors, and why none of them is told by itself: their number is (`errors`)."""
