"""Notices as SES publishes them."""

import json
from typing import Any

from services.support.inbound import notices
from services.support.inbound.notices import Notice

BUCKET = "payloads"
PATH = "inbound/0abc1def"
ADDRESS = f"case+{'0' * 32}@eu.cloud-sales.example"
SENDER = "aoife@liffey.example"


def notice_text(
    *,
    path: str = PATH,
    to: str = ADDRESS,
    source: str = SENDER,
    dmarc: str = "PASS",
    spf: str = "PASS",
    spam: str = "PASS",
    virus: str = "PASS",
    bucket: str = BUCKET,
) -> str:
    """The message on the queue, with members that nobody reads as SES has them."""
    receipt: dict[str, Any] = {
        "timestamp": "2026-11-23T10:00:00.000Z",
        "processingTimeMillis": 7,
        "recipients": [to],
        "spamVerdict": {"status": spam},
        "virusVerdict": {"status": virus},
        "spfVerdict": {"status": spf},
        "dkimVerdict": {"status": "PASS"},
        "dmarcVerdict": {"status": dmarc},
        "action": {"type": "S3", "topicArn": "arn", "bucketName": bucket, "objectKey": path},
    }
    mail = {"timestamp": "2026-11-23T10:00:00.000Z", "source": source, "messageId": path, "destination": [to]}
    return json.dumps({"notificationType": "Received", "mail": mail, "receipt": receipt})


def notice(**changes: str) -> Notice:
    return notices.read(notice_text(**changes), BUCKET, "inbound/")
