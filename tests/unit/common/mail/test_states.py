import pytest

from services.common.mail.states import MailState, mail_state


@pytest.mark.parametrize(
    ("ledger", "outcome", "events", "state"),
    [
        (None, None, (), MailState.WAITING),
        ("SENDING", None, (), MailState.WAITING),
        ("UNKNOWN", None, (), MailState.WAITING),
        ("SENT", "done", ("Send",), MailState.SENT),
        ("SENT", "done", ("Send", "Bounce:Transient"), MailState.SENT),
        ("SENT", "done", ("Send", "Delivery"), MailState.DELIVERED),
        ("SENT", "done", ("Send", "Delivery", "Complaint"), MailState.BOUNCED),
        ("SENT", "done", ("Send", "Delivery", "Complaint:not-spam"), MailState.DELIVERED),
        ("SENT", "done", ("Send", "Bounce"), MailState.BOUNCED),
        ("FAILED", "parked", (), MailState.FAILED),
        (None, "parked", (), MailState.FAILED),
        ("FAILED", "replaced", (), MailState.FAILED),
    ],
)
def test_how_far_a_mail_has_come(
    ledger: str | None, outcome: str | None, events: tuple[str, ...], state: MailState
) -> None:
    assert mail_state(ledger, outcome, events) is state
