"""Buckets and the settings that are resources of their own."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.host.emulator import Emulator
from local.host.handlers.handler import Delete, Handler, Look, document, pascal, tag_list, vanish
from local.host.model import Resource
from local.host.provider import Made

_RENAMED = {"id": "ID", "sseAlgorithm": "SSEAlgorithm", "kmsMasterKeyId": "KMSMasterKeyID", "mfaDelete": "MFADelete"}


def make_bucket(declared: Resource, emulator: Emulator) -> Made:
    """A bucket, known by its name."""
    s3, inputs, name = emulator.s3, declared.inputs, declared.inputs["bucket"]
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        create: Any = s3.create_bucket
        region = emulator.place.region
        # The oldest region is the one that S3 does not take as a constraint.
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        create(Bucket=name, ObjectLockEnabledForBucket=inputs.get("objectLockEnabled", False), **where)
    if "tags" in inputs:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(inputs["tags"])})
    return Made(name, {})


def delete_bucket(orphan: Resource, emulator: Emulator) -> None:
    """Removes the bucket; the emulator refuses while it holds objects."""
    emulator.s3.delete_bucket(Bucket=str(orphan.id))


def make_lifecycle(declared: Resource, emulator: Emulator) -> Made:
    """When objects expire."""
    rules = _given(declared)["Rules"]
    emulator.s3.put_bucket_lifecycle_configuration(Bucket=_bucket(declared), LifecycleConfiguration={"Rules": rules})
    return Made(_bucket(declared), {})


def make_ownership(declared: Resource, emulator: Emulator) -> Made:
    """Who owns uploaded objects."""
    rule = _given(declared)["Rule"]
    emulator.s3.put_bucket_ownership_controls(Bucket=_bucket(declared), OwnershipControls={"Rules": [rule]})
    return Made(_bucket(declared), {})


def make_policy(declared: Resource, emulator: Emulator) -> Made:
    """Who may reach the bucket."""
    emulator.s3.put_bucket_policy(Bucket=_bucket(declared), Policy=declared.inputs["policy"])
    return Made(_bucket(declared), {})


def make_public_access_block(declared: Resource, emulator: Emulator) -> Made:
    """What keeps the bucket private."""
    emulator.s3.put_public_access_block(Bucket=_bucket(declared), PublicAccessBlockConfiguration=_given(declared))
    return Made(_bucket(declared), {})


def make_encryption(declared: Resource, emulator: Emulator) -> Made:
    """How objects are encrypted when their writer does not say."""
    emulator.s3.put_bucket_encryption(Bucket=_bucket(declared), ServerSideEncryptionConfiguration=_given(declared))
    return Made(_bucket(declared), {})


def make_versioning(declared: Resource, emulator: Emulator) -> Made:
    """Whether overwritten objects are kept."""
    configuration = _given(declared)["VersioningConfiguration"]
    emulator.s3.put_bucket_versioning(Bucket=_bucket(declared), VersioningConfiguration=configuration)
    return Made(_bucket(declared), {})


def look_at_policy(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Who may reach the bucket by now."""
    live = emulator.s3.get_bucket_policy(Bucket=str(known.id))["Policy"]
    return {"policy": document(known.inputs["policy"], live)}


def _bucket(declared: Resource) -> str:
    return str(declared.inputs["bucket"])


def _given(declared: Resource) -> Any:
    return pascal({key: value for key, value in declared.inputs.items() if key != "bucket"}, _RENAMED)


def _delete(operation: str) -> Delete:
    def delete(orphan: Resource, emulator: Emulator) -> None:
        getattr(emulator.s3, operation)(Bucket=str(orphan.id))

    return delete


def _look(operation: str) -> Look:
    """Whether the bucket, or its setting, is there."""

    def look(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
        getattr(emulator.s3, operation)(Bucket=str(known.id))
        return {}

    return look


HANDLERS: Mapping[str, Handler] = {
    "aws:s3/bucket:Bucket": Handler(
        make_bucket, delete_bucket, _look("head_bucket"), fixed=frozenset({"objectLockEnabled"})
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Handler(
        make_lifecycle, _delete("delete_bucket_lifecycle"), _look("get_bucket_lifecycle_configuration")
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Handler(
        make_ownership, _delete("delete_bucket_ownership_controls"), _look("get_bucket_ownership_controls")
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Handler(make_policy, _delete("delete_bucket_policy"), look_at_policy),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Handler(
        make_public_access_block, _delete("delete_public_access_block"), _look("get_public_access_block")
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Handler(
        make_encryption, _delete("delete_bucket_encryption"), _look("get_bucket_encryption")
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Handler(make_versioning, vanish, _look("get_bucket_versioning")),
}
