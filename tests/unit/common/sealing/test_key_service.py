"""KMS's answers and refusals, as they reach whoever seals or opens."""

import logging
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from services.common.errors import Unavailable
from services.common.sealing.cipher import NotGenuine
from services.common.sealing.key_service import KeyService
from services.common.settings import SecretsSettings

REGION = "eu-west-1"
CONTEXT = {"purpose": "license-keys", "kind": "SEAL"}


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield boto3.client("kms", region_name=REGION)


@pytest.fixture
def service(kms: Any) -> KeyService:
    return of(kms.create_key()["KeyMetadata"]["Arn"])


def of(arn: str) -> KeyService:
    return KeyService(SecretsSettings.read({"SECRETS_KEY_ARN": arn, "AWS_REGION": REGION}))


def test_a_data_key_is_256_bits_and_opens_in_its_context(service: KeyService) -> None:
    made = service.generate(CONTEXT)
    assert len(made.secret) == 32
    assert made.secret not in made.wrapped
    assert service.unwrap(made.wrapped, made.kms_key_id, CONTEXT) == made.secret
    assert service.generate(CONTEXT).secret != made.secret


def test_the_key_is_known_by_what_it_is_called_in_every_region(kms: Any) -> None:
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]
    assert of(key["Arn"]).generate(CONTEXT).kms_key_id == key["KeyId"]
    assert key["KeyId"].startswith("mrk-")


def test_a_data_key_does_not_open_in_another_context(service: KeyService) -> None:
    made = service.generate(CONTEXT)
    with pytest.raises(NotGenuine):
        service.unwrap(made.wrapped, made.kms_key_id, CONTEXT | {"kind": "FINGERPRINT"})


def test_a_damaged_data_key_does_not_open(service: KeyService) -> None:
    made = service.generate(CONTEXT)
    with pytest.raises(NotGenuine):
        service.unwrap(made.wrapped[:-1] + bytes([made.wrapped[-1] ^ 1]), made.kms_key_id, CONTEXT)


@pytest.mark.parametrize("code", ["AccessDeniedException", "DisabledException", "ThrottlingException"])
def test_a_kms_that_refuses_us_is_unavailable_and_told_to_operators(
    service: KeyService, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = service.generate(CONTEXT)
    with Stubber(service._kms) as kms, caplog.at_level(logging.ERROR):
        for operation in ("generate_data_key", "decrypt"):
            kms.add_client_error(operation, code)
        for call in (
            lambda: service.generate(CONTEXT),
            lambda: service.unwrap(made.wrapped, made.kms_key_id, CONTEXT),
        ):
            with pytest.raises(Unavailable) as refused:
                call()
            assert refused.value.headers["Retry-After"]
    told = [record for record in caplog.records if record.getMessage() == "kms-unavailable"]
    assert [code in str(record.__dict__["reason"]) for record in told] == [True, True]


def test_a_kms_that_does_not_answer_is_unavailable(service: KeyService, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://kms.eu-west-1.amazonaws.com")

    monkeypatch.setattr(service._kms, "generate_data_key", silent)
    with pytest.raises(Unavailable):
        service.generate(CONTEXT)


def test_what_was_generated_tells_no_secret(service: KeyService) -> None:
    made = service.generate(CONTEXT)
    assert repr(made.secret)[2:-1] not in repr(made)
