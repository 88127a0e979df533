"""What SES answers, and what that means for the mail: sent, refused for good, refused for now, or unknown."""

from email.message import EmailMessage
from uuid import uuid4

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from services.common.errors import Park, Unavailable
from services.email.mailer import Mailer, OutcomeUnknown

ATTEMPT = uuid4()


@pytest.fixture
def mailer(monkeypatch: pytest.MonkeyPatch) -> Mailer:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Mailer("us@eu.example", "events", "eu-west-1")


def send(mailer: Mailer) -> str:
    message = EmailMessage()
    message["Subject"] = "Invoice"
    message.set_content("Hello")
    return mailer.send(message, "them@customer.example", ATTEMPT)


def test_a_mail_carries_its_attempt_and_asks_for_events(mailer: Mailer) -> None:
    with Stubber(mailer._ses) as ses:
        ses.add_response("send_email", {"MessageId": "m-1"})
        sent: dict[str, object] = {}
        mailer._ses.meta.events.register(
            "provide-client-params.sesv2.SendEmail", lambda params, **_: sent.update(params)
        )
        assert send(mailer) == "m-1"
    assert sent["ConfigurationSetName"] == "events"
    assert sent["EmailTags"] == [{"Name": "attempt", "Value": str(ATTEMPT)}]
    assert sent["Destination"] == {"ToAddresses": ["them@customer.example"]}


@pytest.mark.parametrize(
    ("code", "status", "meaning"),
    [
        ("MessageRejected", 400, Park),
        ("BadRequestException", 400, Park),
        ("AccountSuspendedException", 400, Park),
        ("MailFromDomainNotVerifiedException", 400, Unavailable),
        ("TooManyRequestsException", 429, Unavailable),
        ("ThrottlingException", 400, Unavailable),
        ("LimitExceededException", 400, Unavailable),
        ("SendingPausedException", 400, Unavailable),
        ("NotFoundException", 404, Unavailable),
        ("InternalServiceErrorException", 500, OutcomeUnknown),
        ("ServiceUnavailable", 503, OutcomeUnknown),
    ],
)
def test_a_refusal_means(mailer: Mailer, code: str, status: int, meaning: type[Exception]) -> None:
    with Stubber(mailer._ses) as ses:
        ses.add_client_error("send_email", code, "no", status)
        with pytest.raises(meaning):
            send(mailer)


def test_a_lost_answer_is_not_repeated_by_the_sdk(mailer: Mailer) -> None:
    calls = 0

    def lose(**_: object) -> None:
        nonlocal calls
        calls += 1
        raise ConnectionClosedError(endpoint_url="https://ses")

    mailer._ses.meta.events.register("before-send.sesv2.SendEmail", lose)
    with pytest.raises(OutcomeUnknown):
        send(mailer)
    assert calls == 1


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (EndpointConnectionError(endpoint_url="https://ses"), Unavailable),
        (ConnectTimeoutError(endpoint_url="https://ses"), Unavailable),
        (NoCredentialsError(), Unavailable),
        (ReadTimeoutError(endpoint_url="https://ses"), OutcomeUnknown),
        (ConnectionClosedError(endpoint_url="https://ses"), OutcomeUnknown),
    ],
)
def test_only_what_may_have_left_is_of_unknown_outcome(
    mailer: Mailer, fault: BotoCoreError, meaning: type[Exception]
) -> None:
    def fail(**_: object) -> None:
        raise fault

    mailer._ses.meta.events.register("before-send.sesv2.SendEmail", fail)
    with pytest.raises(meaning):
        send(mailer)


def test_a_refusal_does_not_name_the_address(mailer: Mailer) -> None:
    said = "Email address is not verified: them@customer.example, <a.b+c@d.example>"
    with Stubber(mailer._ses) as ses:
        ses.add_client_error("send_email", "MessageRejected", said, 400)
        with pytest.raises(Park, match=r"not verified: \(address\), <\(address\)>$"):
            send(mailer)
