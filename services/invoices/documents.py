"""Where printed documents are kept: whether one is there still, and a link to it that soon ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from services.common.api.models import now
from services.common.pipeline.payloads import AWS_CONFIG, PayloadStore, lost

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINK_SECONDS = 300
"""Enough to follow the link at once and to try again after a broken download. Whoever finds it in a log or a browser's
history comes too late; and the SDK renews a pod's credentials ten minutes before they end, so none ends with them."""

# Signature 4 is what objects under KMS need, and the bucket's regional name spares a redirect that breaks it. Where the
# endpoint is an address, as on one machine, the SDK puts the bucket into the path by itself.
_SIGNING = AWS_CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


@dataclass(frozen=True)
class Document:
    """A printed document: its object, the object's hash, how the customer sees the file, and what it is."""

    path: str
    sha256: str
    file_name: str
    content_type: str


@dataclass(frozen=True)
class Link:
    """An address that needs no token, and until when it is one."""

    url: str
    expires_at: datetime


class Documents:
    """The documents in the region's payload bucket."""

    def __init__(self, bucket: str, region: str) -> None:
        self._bucket = bucket
        self._store = PayloadStore(bucket, region)
        self._s3: S3Client = boto3.client("s3", region_name=region, config=_SIGNING)

    def lost(self, path: str, sha256: str) -> bool:
        """Whether S3 has it no more, or not as it was printed.

        Raises:
            Unavailable: S3 does not answer.
        """
        return lost(self._store, path, sha256)

    def link(self, document: Document) -> Link:
        """A link by which the document is saved as a file."""
        expires_at = now() + timedelta(seconds=LINK_SECONDS)
        url = self._s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": document.path,
                "ResponseContentDisposition": f'attachment; filename="{document.file_name}"',
                "ResponseContentType": document.content_type,
            },
            ExpiresIn=LINK_SECONDS,
        )
        return Link(url, expires_at)
