"""A sold order, from the request to the mail, leaves its licence keys in clear nowhere but with its customer."""

import base64
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import boto3
import pytest

from local.machine.postgres import SUPERUSER, Postgres
from services.common.sealing.key_service import KeyService
from services.common.sealing.vault import Vault
from services.common.settings import SecretsSettings
from services.order.model import CcpSale
from services.registry import QUEUES
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.canaries import Canaries
from tests.support.logs import talkative
from tests.support.pipeline import Pipeline
from tests.support.shop import Shop

SECRET = "7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA/+é"


@pytest.fixture
def log() -> Iterator[StringIO]:
    with talkative("order") as written:
        yield written


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    """All workers over the fake AWS, whose KMS wraps the data keys."""
    key = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["Arn"]
    settings = SecretsSettings.read({"SECRETS_KEY_ARN": key, "AWS_REGION": REGION})
    made = Pipeline(world, aws)
    made.shop = Shop(world, Vault(world.database, KeyService(settings)))
    return made


def secrets_of(shop: Shop) -> list[str]:
    return [entry.key.get_secret_value() for sale in shop.ccp.sales.values() for entry in sale.license_keys]


def places(pipeline: Pipeline, canaries: Canaries) -> list[str]:
    found = canaries.in_database(pipeline.world.admin) + canaries.in_bucket(BUCKET, REGION)
    for queue in QUEUES:
        found += canaries.in_queue(pipeline.aws.urls[queue.name], REGION)
    return found


def test_no_key_lies_in_clear_in_the_database_in_s3_in_a_queue_or_in_a_log(pipeline: Pipeline, log: StringIO) -> None:
    first = pipeline.shop.order(key="k1")
    pipeline.shop.ccp.script = RuntimeError("dies while it has a sale")
    pipeline.shop.order(key="k2")
    pipeline.world.admin.execute("UPDATE sales_order SET leased_until = now()")
    pipeline.shop.ccp.script = lambda sale: sale
    assert pipeline.shop.order(key="k2").status_code == 201
    canaries = Canaries(secrets_of(pipeline.shop))
    assert canaries.named(first.data), "the customer gets the keys in clear"
    for queue in ("invoice", "document", "email"):
        pipeline.relay()
        assert places(pipeline, canaries) == []
        pipeline.take(queue)
    [(mail, _, _)] = pipeline.outbound.accepted
    assert not canaries.named(mail.as_bytes())
    assert places(pipeline, canaries) == []
    assert "confirmed" in log.getvalue()
    assert not canaries.named(log.getvalue())


def test_the_files_of_the_database_have_never_seen_a_key(pipeline: Pipeline, server: Postgres) -> None:
    pipeline.shop.order(key="k1")
    # A key that was issued before is refused by a constraint, which quotes rows where it is allowed to.
    again = next(iter(pipeline.shop.ccp.sales.values())).license_keys
    pipeline.shop.ccp.script = lambda sale: sale.model_copy(update={"license_keys": again})
    assert pipeline.shop.order().json["state"] == "PARKED"  # type: ignore[index]
    canaries = Canaries(secrets_of(pipeline.shop))
    with server.connect(SUPERUSER) as superuser:
        superuser.execute("CHECKPOINT")
        folder = superuser.execute("SHOW data_directory").fetchone()
    assert folder is not None
    assert canaries.in_files(Path(folder[0])) == []


def test_a_repetition_gets_the_same_bytes_from_another_process_too(pipeline: Pipeline) -> None:
    first = pipeline.shop.order(key="k1")
    assert first.status_code == 201
    assert pipeline.world.value("SELECT body IS NULL AND sealed_body IS NOT NULL FROM idempotency_key")
    another = Shop(pipeline.world, pipeline.shop.vault)
    another.vault.forget()
    for shop in (pipeline.shop, another):
        again = shop.order(key="k1")
        assert (again.status_code, again.data) == (201, first.data)
        assert again.headers["Location"] == first.headers["Location"]
    assert another.ccp.calls == []


@pytest.mark.parametrize("secret", [SECRET, "a\0b-" + SECRET])
def test_an_odd_key_is_kept_and_replayed_as_it_is(pipeline: Pipeline, secret: str) -> None:
    def odd(sale: CcpSale) -> CcpSale:
        fields = sale.model_dump(by_alias=True)
        fields["licenseKeys"][0]["key"] = secret
        return CcpSale.model_validate(fields)

    pipeline.shop.ccp.script = odd
    first, second = pipeline.shop.order(key="k1"), pipeline.shop.order(key="k1")
    assert first.json["licenseKeys"][0]["key"] == secret  # type: ignore[index]
    assert second.data == first.data
    assert places(pipeline, Canaries([secret])) == []


def test_the_data_keys_stay_out_of_the_log(pipeline: Pipeline, log: StringIO) -> None:
    pipeline.shop.order(key="k1")
    sealer = pipeline.shop.vault.sealer()
    for secret in (sealer._data_key.secret, sealer._fingerprint_key.secret):
        for form in (secret.hex(), base64.b64encode(secret).decode(), repr(secret)[2:-1]):
            assert form not in log.getvalue()
