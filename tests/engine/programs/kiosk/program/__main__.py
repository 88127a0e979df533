"""A kiosk: one queue whose delay is left to others, a key without an alias, a role with a secret."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()

queue = aws.sqs.Queue(
    "orders",
    name=config.require("queue"),
    visibility_timeout_seconds=config.require_int("visibility"),
    delay_seconds=0,
    opts=pulumi.ResourceOptions(ignore_changes=["delay_seconds"]),
)
aws.sqs.RedriveAllowPolicy("orders", queue_url=queue.url, redrive_allow_policy='{"redrivePermission":"denyAll"}')
key = aws.kms.Key("key", description=pulumi.get_stack())
aws.iam.Role(
    "reader",
    name=f"kiosk-{pulumi.get_stack()}",
    assume_role_policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"pods.eks.amazonaws.com"}}]}',
    description=pulumi.Output.secret("whispered"),
)

pulumi.export("url", queue.url)
pulumi.export("key", key.key_id)
pulumi.export("account", aws.get_caller_identity().account_id)
pulumi.export("secret", pulumi.Output.secret("whispered"))
if upstream := config.get("upstream"):
    reference = pulumi.StackReference(f"organization/{pulumi.get_project()}/{upstream}")
    pulumi.export("upstreamUrl", reference.require_output("url"))
    pulumi.export("upstreamSecret", reference.require_output("secret"))
