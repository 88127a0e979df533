"""Rights to objects of the payload bucket by their kind, and what those bring with them."""

from collections.abc import Iterable, Iterator

import pulumi

from infra.statements import Statement
from stacks.layers.payloads import Payloads
from stacks.schema import Settings

_READ, _WRITE = "s3:GetObject", "s3:PutObject"
_KEY_USES = {_READ: "kms:Decrypt", _WRITE: "kms:GenerateDataKey"}


def read(what: str, payloads: Payloads, *keys: str) -> Statement:
    """Reading objects with such keys."""
    return Statement(f"Read{what}", [_READ], _objects(payloads, keys))


def write(what: str, payloads: Payloads, *keys: str) -> Statement:
    """Writing objects with such keys."""
    return Statement(f"Write{what}", [_WRITE], _objects(payloads, keys))


def beside(grants: Iterable[Statement], settings: Settings, payloads: Payloads, *, misses: bool) -> Iterator[Statement]:
    """What reading and writing there asks for beside the right to the objects: once, however many kinds there are.

    Args:
        grants: what is read and written.
        settings: the region's.
        payloads: the bucket.
        misses: whether a reader has to know that an object is missing. Without the right to list, S3 says "forbidden".
    """
    granted = {action for grant in grants for action in grant.actions}
    if misses and _READ in granted:
        yield Statement("TellMissing", ["s3:ListBucket"], [payloads.arn])
    if uses := [use for action, use in _KEY_USES.items() if action in granted]:
        through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{settings.aws_region}.amazonaws.com"}}
        yield Statement("UseKeyThroughS3", uses, [payloads.key_arn], conditions=through_s3)


def _objects(payloads: Payloads, keys: Iterable[str]) -> list[pulumi.Output[str]]:
    return [pulumi.Output.concat(payloads.arn, f"/{key}") for key in keys]
