"""A small shop: a component with a queue and its dead-letter queue, a key, a bucket, a policy with a secret."""

import json
from pathlib import Path

import extras  # type: ignore[import-not-found]
import naming  # type: ignore[import-not-found]
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
orders = config.require_object("orders")
extra = config.require("extra")

key = aws.kms.Key("key", description="shop", opts=pulumi.ResourceOptions(protect=True))
aws.kms.Alias("key", name="alias/shop", target_key_id=key.key_id)
bucket = aws.s3.Bucket("payloads", bucket=naming.full_name("payloads"), tags={"owner": "shop"})


class Pair(pulumi.ComponentResource):
    """A queue with its dead-letter queue."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("shop:queues:Pair", name, None, opts)
        within = pulumi.ResourceOptions(parent=self)
        dead = aws.sqs.Queue(f"{name}-dead", name=f"{orders['name']}-dlq", opts=within)
        self.queue = aws.sqs.Queue(
            name,
            name=orders["name"],
            visibility_timeout_seconds=orders["visibilitySeconds"],
            redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket], ignore_changes=["message_retention_seconds"]),
        )
        self.register_outputs({"url": self.queue.url})


pair = Pair("orders")
aws.iam.Role(
    "reader",
    name="shop-reader",
    assume_role_policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"pods.eks.amazonaws.com"}}]}',
    description=pulumi.Output.secret("whispered"),
)
extras.EXTRAS[extra]()

pulumi.export("queueUrl", pair.queue.url)
pulumi.export("directory", Path.cwd().name)
pulumi.export("account", aws.get_caller_identity().account_id)
pulumi.export("secret", pulumi.Output.secret("hidden"))
