"""What the tests of numbers and credit notes do with the pipeline."""

from uuid import UUID, uuid4

import boto3

from services.invoice.crediting import issue
from tests.integration.conftest import BUCKET, REGION
from tests.support.credit_requests import wish
from tests.support.pipeline import Pipeline


def keys(prefix: str = "numbers/") -> list[str]:
    listed = boto3.client("s3", region_name=REGION).list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def held(key: str) -> str:
    return boto3.client("s3", region_name=REGION).get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def invoiced(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.relay()
    pipeline.take("invoice")
    pipeline.relay()


def credit(pipeline: Pipeline, quantity: int | None = None, request_id: UUID | None = None) -> str:
    quantities = None if quantity is None else {1: quantity}
    request = wish(pipeline.world, quantities, request_id=request_id or uuid4())
    with pipeline.world.database.transaction() as connection:
        return issue(connection, request)


def mail_stage(pipeline: Pipeline) -> None:
    for queue in ("document", "email"):
        pipeline.relay()
        pipeline.take(queue)
