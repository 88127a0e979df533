"""SQS's answers to a worker, as far as they are not what one hopes for."""

from collections.abc import Callable

import pytest
from botocore.stub import ANY, Stubber

from services.common.errors import Unavailable
from services.common.pipeline.queues import Message, Source

URL = "https://sqs.example/queue"
MESSAGES = [Message("a", "receipt-a", 1), Message("b", "receipt-b", 1)]
RECEIPTS = [{"Id": "0", "ReceiptHandle": "receipt-a"}, {"Id": "1", "ReceiptHandle": "receipt-b"}]
HALF = {
    "Successful": [{"Id": "0"}],
    "Failed": [{"Id": "1", "Code": "ReceiptHandleIsInvalid", "SenderFault": True, "Message": "too late"}],
}
OUTCOMES: list[tuple[str, Callable[[Source], None]]] = [
    ("delete_message_batch", lambda source: source.delete(MESSAGES)),
    ("change_message_visibility_batch", lambda source: source.hide(MESSAGES, 30)),
]


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Source(URL, "eu-west-1", 60)


def test_messages_are_received_with_the_worker_s_own_visibility(source: Source) -> None:
    wanted = {
        "QueueUrl": URL,
        "MaxNumberOfMessages": 10,
        "WaitTimeSeconds": ANY,
        "VisibilityTimeout": 60,
        "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
    }
    answer = {"Messages": [{"Body": "a", "ReceiptHandle": "r", "Attributes": {"ApproximateReceiveCount": "4"}}]}
    with Stubber(source._sqs) as sqs:
        sqs.add_response("receive_message", answer, wanted)
        assert source.receive() == [Message("a", "r", 4)]


def test_a_queue_that_does_not_answer_is_unavailable(source: Source) -> None:
    with Stubber(source._sqs) as sqs:
        sqs.add_client_error("receive_message", "ServiceUnavailable", http_status_code=503)
        with pytest.raises(Unavailable):
            source.receive()


def test_a_batch_goes_in_one_call(source: Source) -> None:
    hidden = [{**entry, "VisibilityTimeout": 30} for entry in RECEIPTS]
    with Stubber(source._sqs) as sqs:
        sqs.add_response(
            "delete_message_batch", {"Successful": [], "Failed": []}, {"QueueUrl": URL, "Entries": RECEIPTS}
        )
        source.delete(MESSAGES)
        sqs.add_response(
            "change_message_visibility_batch", {"Successful": [], "Failed": []}, {"QueueUrl": URL, "Entries": hidden}
        )
        source.hide(MESSAGES, 30)
        sqs.assert_no_pending_responses()


def test_an_empty_batch_is_no_call(source: Source) -> None:
    with Stubber(source._sqs):
        source.delete([])
        source.hide([], 0)


@pytest.mark.parametrize(("action", "act"), OUTCOMES, ids=[action for action, _ in OUTCOMES])
def test_what_sqs_refuses_of_a_batch_is_logged_and_comes_back_by_itself(
    source: Source, action: str, act: Callable[[Source], None], caplog: pytest.LogCaptureFixture
) -> None:
    with Stubber(source._sqs) as sqs:
        sqs.add_response(action, HALF)
        act(source)
    [record] = caplog.records
    assert record.reason == "ReceiptHandleIsInvalid: too late"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("action", "act"), OUTCOMES, ids=[action for action, _ in OUTCOMES])
def test_an_outcome_that_sqs_does_not_take_ends_nothing(
    source: Source, action: str, act: Callable[[Source], None], caplog: pytest.LogCaptureFixture
) -> None:
    with Stubber(source._sqs) as sqs:
        sqs.add_client_error(action, "ServiceUnavailable", http_status_code=503)
        act(source)
    assert len(caplog.records) == 1
