"""The AWS emulator as the handlers see it: one shared client per service."""

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config

from local.host.model import Model
from local.host.shapes.shape import Place

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

# The emulator accepts any; every program of the local run uses these, so all see the same account.
CREDENTIAL = "local"

_one_at_a_time = threading.Lock()
"""Threads that want the same new client wait for the one that makes it; a session may make only one at a time."""


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id=CREDENTIAL, aws_secret_access_key=CREDENTIAL)


@cache
def _client(service: str, endpoint: str, region: str) -> Any:
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": 3},
        s3={"addressing_style": "path"},
    )
    make: Any = _session().client
    return make(service, region_name=region, endpoint_url=endpoint, config=config)


class Clients:
    """Clients for one region of the emulator; they are safe to share between threads, costly to make, and kept."""

    def __init__(self, endpoint: str, region: str) -> None:
        self._endpoint = endpoint
        self._region = region

    @property
    def cognito(self) -> "CognitoIdentityProviderClient":
        """User pools."""
        client: CognitoIdentityProviderClient = self._of("cognito-idp")
        return client

    @property
    def dynamodb(self) -> Any:
        """Tables."""
        return self._of("dynamodb")

    @property
    def functions(self) -> Any:
        """Functions."""
        return self._of("lambda")

    @property
    def iam(self) -> Any:
        """Roles and policies."""
        return self._of("iam")

    @property
    def kms(self) -> Any:
        """Encryption keys."""
        return self._of("kms")

    @property
    def rds(self) -> Any:
        """Databases, as the cloud knows them."""
        return self._of("rds")

    @property
    def route53(self) -> Any:
        """Zones and their records."""
        return self._of("route53")

    @property
    def s3(self) -> "S3Client":
        """Buckets."""
        client: S3Client = self._of("s3")
        return client

    @property
    def scheduler(self) -> Any:
        """Schedules."""
        return self._of("scheduler")

    @property
    def secrets(self) -> Any:
        """Secrets."""
        return self._of("secretsmanager")

    @property
    def ses(self) -> "SESV2Client":
        """Mail identities."""
        client: SESV2Client = self._of("sesv2")
        return client

    @property
    def receiving(self) -> "SESClient":
        """Rules for mail that comes in; the newer API of SES has none."""
        client: SESClient = self._of("ses")
        return client

    @property
    def sns(self) -> "SNSClient":
        """Topics."""
        client: SNSClient = self._of("sns")
        return client

    @property
    def sqs(self) -> "SQSClient":
        """Queues."""
        client: SQSClient = self._of("sqs")
        return client

    @property
    def account(self) -> str:
        """The emulator's account number."""
        return str(self._of("sts").get_caller_identity()["Account"])

    def _of(self, service: str) -> Any:
        with _one_at_a_time:
            return _client(service, self._endpoint, self._region)


class Emulator(Clients):
    """The clients together with what is about to be realised through them.

    Attributes:
        place: The account and region of everything in it.
        plan: The stack as captured before; says what will refer to a resource that has no name of its own. None where
            the Pulumi engine remembers the ids of such resources.
    """

    def __init__(self, endpoint: str, place: Place, plan: Model | None) -> None:
        super().__init__(endpoint, place.region)
        self.place = place
        self.plan = plan

    def at(self, region: str) -> Self:
        """The same in that region."""
        if region == self.place.region:
            return self
        return type(self)(self._endpoint, Place(self.place.account, region), self.plan)
