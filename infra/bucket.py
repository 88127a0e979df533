"""The bucket through which payloads are handed over: encrypted, private, TLS only, and empty again after its period."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.key import EncryptionKey, EncryptionKeyArgs, ServiceUse
from infra.placement import Placement
from infra.statements import Conditions, Statement, document
from infra.tags import Tags


@dataclass(frozen=True)
class Deposit:
    """An AWS service that lays objects under one folder on our behalf, and may do so under these conditions alone."""

    sid: str
    service: str
    prefix: str
    conditions: Conditions

    def __post_init__(self) -> None:
        refuse_faults(
            "Deposit",
            prefix=unlike(self.prefix, r"[a-z][a-z0-9-]*/", "one folder such as inbound/"),
            conditions=None if self.conditions else "must say on whose behalf the service acts",
        )


@dataclass(frozen=True)
class PayloadBucketArgs:
    """What a payload bucket needs to be told."""

    expiry_days: int
    placement: Placement
    tags: Tags
    deposits: Sequence[Deposit] = ()

    def __post_init__(self) -> None:
        refuse_faults("PayloadBucket", expiry_days=outside(self.expiry_days, 1, 30, "days"))


class PayloadBucket(pulumi.ComponentResource):
    """A versioned bucket under its own key, with every safeguard as a resource of its own."""

    bucket: pulumi.Output[str]
    arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    allowed: pulumi.Resource
    """What has to stand before a deposit is made."""

    def __init__(self, name: str, args: PayloadBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:PayloadBucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        uses = [ServiceUse(deposit.service, deposit.conditions) for deposit in args.deposits]
        key = EncryptionKey(name, EncryptionKeyArgs(f"Payloads in {name}", args.placement, args.tags, uses), child)
        bucket = aws.s3.Bucket(
            name,
            bucket=name,
            force_destroy=False,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        self.allowed = self._keep_private(name, bucket, args.deposits)
        self._encrypt(name, bucket, key)
        self._forget(name, bucket, args.expiry_days)
        self.bucket = bucket.bucket
        self.arn = bucket.arn
        self.key_arn = key.arn
        self.register_outputs({"bucket": self.bucket, "arn": self.arn, "keyArn": self.key_arn})

    def _keep_private(self, name: str, bucket: aws.s3.Bucket, deposits: Sequence[Deposit]) -> aws.s3.BucketPolicy:
        blocked = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.s3.BucketOwnershipControls(
            name,
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        tls_only = Statement(
            "DenyInsecureTransport",
            ["s3:*"],
            [bucket.arn, pulumi.Output.concat(bucket.arn, "/*")],
            principal="*",
            conditions={"Bool": {"aws:SecureTransport": "false"}},
            effect="Deny",
        )
        laid = [
            Statement(
                deposit.sid,
                ["s3:PutObject"],
                [pulumi.Output.concat(bucket.arn, f"/{deposit.prefix}*")],
                principal={"Service": deposit.service},
                conditions=deposit.conditions,
            )
            for deposit in deposits
        ]
        # S3 refuses two changes of one bucket's access settings at the same moment.
        return aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=document(tls_only, *laid),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[blocked]),
        )

    def _encrypt(self, name: str, bucket: aws.s3.Bucket, key: EncryptionKey) -> None:
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key.arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _forget(self, name: str, bucket: aws.s3.Bucket, days: int) -> None:
        versioning = aws.s3.BucketVersioning(
            name,
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        # In a versioned bucket expiry only hides an object: the second period is what deletes it. S3 then removes the
        # left-over delete markers by itself, because the rule expires by age.
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                {
                    "id": "expire-everything",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "expiration": {"days": days},
                    "noncurrent_version_expiration": {"noncurrent_days": 1},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
                }
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
