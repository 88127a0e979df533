"""A payload bucket as it is after a loss: what was put into it since a moment, listed and read.

It may be that of a region that does not answer, so nothing waits for it for long.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import Unavailable
from services.common.pipeline.payloads import MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})


@dataclass(frozen=True)
class Entry:
    """An object's key, and when it was put, by S3's clock and to the second."""

    key: str
    put_at: datetime


class Remains:
    """The payload bucket of one region."""

    def __init__(self, region: str, bucket: str, aws_region: str) -> None:
        self.region = region
        self._bucket = bucket
        self._s3: S3Client = boto3.client("s3", region_name=aws_region, config=_CONFIG)

    def entries(self, turn: Callable[[], None]) -> Iterator[Entry]:
        """Every object, in the order of the keys; `turn` is called with each page.

        Raises:
            Unavailable: the bucket cannot be listed.
        """
        try:
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
                turn()
                for found in page.get("Contents", ()):
                    yield Entry(found["Key"], found["LastModified"])
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable(f"the bucket of {self.region} cannot be listed") from fault

    def read(self, key: str) -> str:
        """The object's text.

        Raises:
            Unavailable: it cannot be read.
        """
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
            return answer["Body"].read(MAX_PAYLOAD_BYTES + 1).decode(errors="replace")
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable(f"the object {key} of {self.region} cannot be read") from fault
