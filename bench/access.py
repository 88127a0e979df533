"""What judging a call costs: `python -m bench.access`. The same calls by who deploys and by a role, in turns."""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import boto3

from tests.support.emulator import running_emulator

REGION, ROLE, BUCKET = "eu-west-1", "shop", "payloads"
ROUNDS = 500
STATEMENTS = 12
"""More than any role of ours has, the ones that allow the calls last."""


def main() -> int:
    """Print the median time of each call, judged and not."""
    with tempfile.TemporaryDirectory() as directory, running_emulator(Path(directory), as_on_one_machine=True) as url:
        queue = _prepare(url)
        plain, judged = (_calls(url, key, queue) for key in ("local", ROLE))
        for name in plain:
            free, held = _measure(plain[name], judged[name])
            print(f"{name:22} {free * 1e3:6.2f} ms, judged {held * 1e3:6.2f} ms, ratio {held / free:.3f}")
    return 0


def _client(url: str, service: str, key: str) -> Any:
    make: Any = boto3.Session(key, "local", region_name=REGION).client
    return make(service, endpoint_url=url)


def _prepare(url: str) -> str:
    iam, s3 = _client(url, "iam", "local"), _client(url, "s3", "local")
    others = [_grant("s3:GetObject", f"arn:aws:s3:::other-{number}/*") for number in range(STATEMENTS)]
    ours = [_grant("sqs:*", f"arn:aws:sqs:{REGION}:000000000000:jobs"), _grant("s3:*", f"arn:aws:s3:::{BUCKET}/*")]
    document = json.dumps({"Statement": [*others, *ours]})
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument='{"Statement": []}')
    iam.put_role_policy(RoleName=ROLE, PolicyName=ROLE, PolicyDocument=document)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key="a.json", Body=b" " * 4096)
    return str(_client(url, "sqs", "local").create_queue(QueueName="jobs")["QueueUrl"])


def _grant(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _calls(url: str, key: str, queue: str) -> dict[str, Callable[[], object]]:
    sqs, s3 = _client(url, "sqs", key), _client(url, "s3", key)
    attributes = {"QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessages"]}

    def read() -> bytes:
        body: bytes = s3.get_object(Bucket=BUCKET, Key="a.json")["Body"].read()
        return body

    return {
        "SQS GetQueueAttributes": lambda: sqs.get_queue_attributes(**attributes),
        "S3 GetObject, 4 KB": read,
        "S3 PutObject, 100 KB": lambda: s3.put_object(Bucket=BUCKET, Key="b.json", Body=b" " * 100_000),
    }


def _measure(plain: Callable[[], object], judged: Callable[[], object]) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, taken in zip((plain, judged), times, strict=True):
            began = perf_counter()
            call()
            taken.append(perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    sys.exit(main())
