"""What the running platform does with poison, with payloads that are gone, and with a settings file that has a typo."""

import json
import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from local import seed
from local.customer import Basket, place
from tests.support.checkout import checkout
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e


def wait(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.5)
    return condition()


def test_poison_ends_in_the_dead_letter_queue_and_others_are_unaffected(
    platform: Platform, people: dict[str, seed.DemoCustomer]
) -> None:
    sqs = platform.clients.sqs
    exports = platform.model["outputs"]
    poison = json.dumps({"path": f"poison-{uuid4()}"})
    sqs.send_message(QueueUrl=exports["queueUrls"]["invoice"], MessageBody=poison)
    platform.checkout.must("order")

    def dead() -> list[str]:
        answer = sqs.receive_message(
            QueueUrl=exports["deadLetterQueueUrls"]["invoice"], VisibilityTimeout=0, MaxNumberOfMessages=10
        )
        return [message["Body"] for message in answer.get("Messages", [])]

    assert wait(lambda: poison in dead(), 120)


def test_a_payload_gone_from_s3_is_written_anew_and_its_mail_is_not_sent_twice(
    platform: Platform, people: dict[str, seed.DemoCustomer]
) -> None:
    customer = people["merlion"]
    clients = platform.clients
    bucket = platform.model["outputs"]["payloadBucket"]
    order = place(platform.api(customer), Basket(seed.PRODUCT_ID, customer.subscription_id, 1), lambda _: None)
    path = platform.rows(f"SELECT path FROM outbox WHERE order_id = '{order['id']}' AND queue = 'email'")[0][0]
    before = clients.s3.get_object(Bucket=bucket, Key=path)["Body"].read()
    mails = len(platform.mails())
    again = platform.rows(
        f"""
        WITH fresh AS (DELETE FROM inbox WHERE path = '{path}' RETURNING 1)
        UPDATE sales_order SET state = 'DOCUMENTED' WHERE id = '{order["id"]}' RETURNING id
        """
    )
    assert again
    clients.s3.delete_object(Bucket=bucket, Key=path)
    url = platform.model["outputs"]["queueUrls"]["email"]
    clients.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"path": path}))
    api = platform.api(customer)
    assert wait(lambda: api.get(f"/orders/{order['id']}").document["state"] == "EMAILED", 30)
    assert clients.s3.get_object(Bucket=bucket, Key=path)["Body"].read() == before
    assert len(platform.mails()) == mails


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("evidenceWindowSeconds: 300", "evidenceWindowSecond: 300"),
        ("minReplicas: 2, maxReplicas: 6, cpu: 100m", "minReplicas: many, maxReplicas: 6, cpu: 100m"),
    ],
)
def test_a_typo_in_the_settings_is_named_with_its_file_and_nothing_keeps_running(wrong: str, told: str) -> None:
    with checkout() as copy:
        settings = copy.root / "Pulumi.eu.yaml"
        settings.write_text(settings.read_text().replace(wrong, told))
        done = copy.run("up")
        assert done.returncode == 1
        assert "Pulumi.eu.yaml" in done.stdout
        assert told.partition(":")[0] in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        assert "not running" in copy.must("status")


def test_state_survives_down_and_up(platform: Platform, people: dict[str, seed.DemoCustomer]) -> None:
    before = platform.rows("SELECT id, state FROM sales_order ORDER BY id")
    mails = len(platform.mails())
    platform.checkout.must("down")
    assert "not running" in platform.checkout.must("status")
    platform.checkout.must("up")
    after = platform.rows("SELECT id, state FROM sales_order ORDER BY id")
    assert set(before) <= set(after)
    assert len(platform.mails()) >= mails
