"""Every hand-over, what it is called where it is configured, and how long it is tried."""

from services.registry.model import Queue

SES_EVENTS = "ses-events"
"""Producer of the mail-event queue: SES itself, through its configuration set."""
SES_RECEIPT = "ses-receipt"
"""Producer of the queue of mail that came in: SES itself, through its receipt rule."""
OUTSIDE = frozenset({SES_EVENTS, SES_RECEIPT})
"""The producers that are none of ours: what they have sent once, they never send again."""

FEWEST_RECEIVES = 3
"""How often every queue delivers a message at least before it becomes a dead letter."""

PATIENCE_SECONDS = (60, 120, 300, 600, 1800, 3600, 7200, 14400)
"""Eight tries in a good seven hours: what has failed until then needs a person."""
MAIL_PATIENCE_SECONDS = (*PATIENCE_SECONDS[:5], *[3600] * 48)
"""A mail server that is down heals without us, and all but the mail is done: 48 hours, every hour in the end. Mail
servers themselves go on for days (RFC 5321, 4.5.4.1)."""

QUEUES: tuple[Queue, ...] = (
    Queue("invoice", producer="relay", consumer="invoice", resend_seconds=PATIENCE_SECONDS),
    Queue("document", producer="relay", consumer="document", resend_seconds=PATIENCE_SECONDS),
    Queue("email", producer="relay", consumer="email", resend_seconds=MAIL_PATIENCE_SECONDS),
    Queue("mail-events", producer=SES_EVENTS, consumer="email"),
    Queue("inbound-mail", producer=SES_RECEIPT, consumer="support-mail"),
)


def queues_of(name: str) -> tuple[Queue, ...]:
    """The queues that the service sends to or receives from."""
    return tuple(queue for queue in QUEUES if name in (queue.producer, queue.consumer))


def queue_variable(queue: Queue) -> str:
    """The environment variable that carries the queue's URL, for example `QUEUE_URL_MAIL_EVENTS`."""
    return f"QUEUE_URL_{queue.name.upper().replace('-', '_')}"


def dead_letter_variable(queue: Queue) -> str:
    """The variable with the URL of the queue's dead-letter queue, for example `DEAD_LETTER_URL_MAIL_EVENTS`."""
    return f"DEAD_LETTER_URL_{queue.name.upper().replace('-', '_')}"
