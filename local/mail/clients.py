"""SDK clients for the emulator: which topics a configuration set tells, which rules take mail, and what both need."""

import re
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local.mail.caller import Caller
from local.mail.envelope import Topic
from local.mail.errors import SesError
from local.mail.events import Origin, origin_of
from local.mail.receipt import Rule

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 1},
    max_pool_connections=16,
    s3={"addressing_style": "path"},
)


ACCOUNT = re.compile(r"\d{12}")


class Clients:
    """Calls the emulator in the account and region of the caller, as SES itself: the caller's role is not asked."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()  # the SDK's clients may be shared by threads, but not made by several at once
        self._session = boto3.Session()
        self._ses = lru_cache(self._make_ses)
        self._sns = lru_cache(self._make_sns)
        self._s3 = lru_cache(self._make_s3)
        self._receiving = lru_cache(self._make_receiving)

    def topics(self, configuration_set: str, caller: Caller) -> tuple[Topic, ...]:
        """The SNS topics that the configuration set tells of its mails.

        Raises:
            SesError: there is no such configuration set; SES would refuse the mail too.
        """
        try:
            found = self._ses(caller).get_configuration_set_event_destinations(ConfigurationSetName=configuration_set)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise SesError(status, error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
        return tuple(
            Topic(arn=destination["SnsDestination"]["TopicArn"], event_types=tuple(destination["MatchingEventTypes"]))
            for destination in found.get("EventDestinations", ())
            if destination.get("Enabled") and "SnsDestination" in destination
        )

    def publish(self, topic_arn: str, subject: str, text: str) -> None:
        """Publishes to a topic."""
        origin = origin_of(topic_arn)
        self._sns(Caller(origin.account, origin.region)).publish(TopicArn=topic_arn, Subject=subject, Message=text)

    def receipt_rules(self, origin: Origin) -> tuple[Rule, ...]:
        """The rules at work for mail that comes in: those that lay it into S3 and tell a topic."""
        active = self._receiving(Caller(origin.account, origin.region)).describe_active_receipt_rule_set()
        return tuple(
            Rule(tuple(rule.get("Recipients", ())), laid["BucketName"], laid.get("ObjectKeyPrefix", ""), topic)
            for rule in active.get("Rules", ())
            if rule.get("Enabled")
            for action in rule.get("Actions", ())
            if (laid := action.get("S3Action")) is not None and (topic := laid.get("TopicArn")) is not None
        )

    def lay(self, origin: Origin, bucket: str, key: str, body: bytes) -> None:
        """Puts an object into a bucket."""
        self._s3(Caller(origin.account, origin.region)).put_object(Bucket=bucket, Key=key, Body=body)

    def _make_ses(self, caller: Caller) -> "SESV2Client":
        client: SESV2Client = self._make("sesv2", caller)
        return client

    def _make_receiving(self, caller: Caller) -> "SESClient":
        client: SESClient = self._make("ses", caller)
        return client

    def _make_sns(self, caller: Caller) -> "SNSClient":
        client: SNSClient = self._make("sns", caller)
        return client

    def _make_s3(self, caller: Caller) -> "S3Client":
        client: S3Client = self._make("s3", caller)
        return client

    def _make(self, service: str, caller: Caller) -> Any:
        make: Any = self._session.client
        with self._lock:
            return make(
                service,
                region_name=caller.region,
                endpoint_url=self._url,
                aws_access_key_id=caller.access_key if ACCOUNT.fullmatch(caller.access_key) else "local",
                aws_secret_access_key="local",  # noqa: S106
                config=CONFIG,
            )
