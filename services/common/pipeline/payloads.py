"""The payload store: manifests and documents in S3, checked against what the database knows of them."""

import hashlib
import logging
from contextlib import closing
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import Park, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_PAYLOAD_BYTES = 2 * 1024 * 1024
"""More than the largest order's licence keys take."""
MAX_HOLDER_BYTES = 1024
AWS_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
"""For every AWS client of the product: bounded waits, standard retries with jitter."""

_log = logging.getLogger(__name__)


class PayloadLost(Park):
    """The object is not in S3 any more, or not as it was written: the order waits until it is there again."""


class PayloadStore:
    """The region's payload bucket; an object's bytes never change."""

    def __init__(self, bucket: str, region: str) -> None:
        self._bucket = bucket
        self._s3: S3Client = boto3.client("s3", region_name=region, config=AWS_CONFIG)

    def put_once(self, key: str, body: bytes, content_type: str) -> None:
        """Writes the object unless it exists already; one with other bytes is replaced, and told in the log.

        Raises:
            Unavailable: S3 does not answer.
        """
        if self._put_new(key, body, content_type):
            return
        # Keys name their content: one that exists was written by an earlier try of the same work, or spoilt since.
        try:
            self.get(key, hashlib.sha256(body).hexdigest(), len(body))
        except PayloadLost as loss:
            _log.error("payload written again", extra={"path": key, "reason": loss})
            self.rewrite(key, body, content_type)

    def rewrite(self, key: str, body: bytes, content_type: str) -> None:
        """Writes the object whether or not it exists; the bucket counts its days from now on.

        Raises:
            Unavailable: S3 does not answer.
        """
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable(f"the object {key} could not be written") from fault

    def claim(self, key: str, holder: str) -> str:
        """Writes the holder under the key unless there is one already; the holder that stands there afterwards.

        Raises:
            Unavailable: S3 does not answer.
        """
        if self._put_new(key, holder.encode(), "text/plain"):
            return holder
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key)
            return answer["Body"].read(MAX_HOLDER_BYTES).decode(errors="replace")
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable(f"the object {key} could not be read") from fault

    def get(self, key: str, sha256: str, length: int | None = None) -> bytes:
        """The object's bytes, at most `MAX_PAYLOAD_BYTES`, whose hash must be `sha256`.

        Args:
            key: the object.
            sha256: the hash that the database knows.
            length: in bytes, if the database knows that too; an object of another length is not even read.

        Raises:
            PayloadLost: the object is missing, too large, or not what the database says it is.
            Unavailable: S3 does not answer.
        """
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            raise PayloadLost(f"the payload {key} is missing in S3") from None
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable(f"the object {key} could not be read") from fault
        with closing(found["Body"]) as stream:
            if found["ContentLength"] > MAX_PAYLOAD_BYTES:
                raise PayloadLost(f"the payload {key} is larger than {MAX_PAYLOAD_BYTES} bytes")
            if length is not None and found["ContentLength"] != length:
                raise PayloadLost(f"the payload {key} has {found['ContentLength']} bytes instead of {length}")
            try:
                body = stream.read(MAX_PAYLOAD_BYTES + 1)
            except BotoCoreError as fault:
                raise Unavailable(f"the object {key} could not be read") from fault
        if len(body) < found["ContentLength"]:
            raise Unavailable(f"the connection broke while the object {key} was read")
        digest = hashlib.sha256(body).hexdigest()
        if digest != sha256:
            raise PayloadLost(f"the payload {key} is not the one that was written: sha256 {digest} instead of {sha256}")
        return body

    def _put_new(self, key: str, body: bytes, content_type: str) -> bool:
        """Whether it was written; it was not if there is an object of that key."""
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*")
        except ClientError as fault:
            if fault.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise Unavailable(f"the object {key} could not be written: {fault}") from fault
            return False
        except BotoCoreError as fault:
            raise Unavailable("S3 does not answer") from fault
        return True


def lost(store: PayloadStore, path: str, sha256: str) -> bool:
    """Whether S3 has the object no more, or not the one that was written.

    Raises:
        Unavailable: S3 does not answer.
    """
    try:
        store.get(path, sha256)
    except PayloadLost:
        return True
    return False
