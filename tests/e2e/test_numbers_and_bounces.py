"""What the running platform keeps outside its database, and what it does after a mail has come back."""

import time
from typing import Any

import pytest

from local import seed
from local.customer import Basket, place
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e


def test_every_number_that_was_mailed_has_its_witness(platform: Platform) -> None:
    s3 = platform.clients.s3
    bucket = platform.model["outputs"]["payloadBucket"]
    issued = platform.rows(
        "SELECT series, number, order_id::text FROM invoice JOIN sales_order o ON o.id = order_id"
        " WHERE o.state = 'EMAILED' AND invoice.kind = 'INVOICE' AND document_path IS NOT NULL"
    )
    assert issued
    for series, number, order_id in issued:
        holder = s3.get_object(Bucket=bucket, Key=f"numbers/{series}/{number}")["Body"].read().decode()
        assert holder == order_id


def test_a_mail_that_came_back_is_the_last_to_its_address(
    platform: Platform, people: dict[str, seed.DemoCustomer]
) -> None:
    customer = people["elliniki"]
    api, basket = platform.api(customer), Basket(seed.PRODUCT_ID, customer.subscription_id, 1)
    bouncing = "bounce@simulator.amazonses.com"
    platform.rows(f"UPDATE customer SET email = '{bouncing}' WHERE email = '{customer.email}' RETURNING id")
    try:
        first = place(api, basket, lambda _: None)
        assert first["state"] == "EMAILED"

        def stages() -> list[Any]:
            return [stage["stage"] for stage in api.get(f"/orders/{first['id']}").document["stages"]]

        until = time.monotonic() + 30
        while "BOUNCED" not in stages() and time.monotonic() < until:
            time.sleep(0.2)
        assert stages()[-1] == "BOUNCED"
        second = place(api, basket, lambda _: None)
        assert (second["state"], "hard bounce" in second["reason"]) == ("PARKED", True)
    finally:
        platform.rows(f"UPDATE customer SET email = '{customer.email}' WHERE email = '{bouncing}' RETURNING id")
