"""The mails that SES has laid into the payload bucket, as they came."""

from contextlib import closing
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import Park, Unavailable
from services.common.pipeline.payloads import AWS_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LARGEST_BYTES = 10 * 1024 * 1024
"""A parsed mail takes several times its size in memory, and all that we keep of it is text."""


class MailStore:
    """Reads mails."""

    def __init__(self, bucket: str, region: str) -> None:
        self._bucket = bucket
        self._s3: S3Client = boto3.client("s3", region_name=region, config=AWS_CONFIG)

    def get(self, path: str) -> bytes:
        """The mail.

        Raises:
            Park: it is there no more, or larger than `LARGEST_BYTES`.
            Unavailable: S3 does not answer.
        """
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=path)
            with closing(found["Body"]) as stream:
                if found["ContentLength"] > LARGEST_BYTES:
                    raise Park(f"the mail is larger than {LARGEST_BYTES // 1024 // 1024} MiB")
                raw = stream.read(LARGEST_BYTES + 1)
        except self._s3.exceptions.NoSuchKey:
            raise Park("the mail is in S3 no more") from None
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable("the mail could not be read") from fault
        if len(raw) < found["ContentLength"]:
            raise Unavailable("the connection broke while the mail was read")
        return raw
