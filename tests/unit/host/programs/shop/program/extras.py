"""What the setting `shop:extra` adds to the program, each one a case of a test."""

import json
from collections.abc import Callable, Mapping

import pulumi
import pulumi_aws as aws


def _unanswered_output() -> None:
    topic = aws.sns.Topic("topic", name="shop-topic")
    aws.sqs.Queue("fed", name=topic.beginning_archive_time.apply(lambda time: f"fed-{time}"))


def _twice() -> None:
    aws.sqs.Queue("twice", name="one")
    aws.sqs.Queue("twice", name="two")


def _failing() -> None:
    raise ValueError("the catalogue is empty")


def _failing_later() -> None:
    topic = aws.sns.Topic("topic", name="shop-topic")
    pulumi.export("broken", topic.arn.apply(lambda arn: EXTRAS[arn]))


def _leaving() -> None:
    raise SystemExit(3)


def _protected_topic() -> None:
    aws.sns.Topic("topic", name="shop-protected", opts=pulumi.ResourceOptions(protect=True))


def _estate(tls_policy: str) -> None:
    """One of each type whose removal is handled."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}]}'
    role = aws.iam.Role("estate", name="estate", assume_role_policy=trust)
    aws.iam.RolePolicy("estate", name="estate", role=role.name, policy=json.dumps(policy))
    key = aws.kms.Key("estate", description=f"estate with {tls_policy}")
    aws.kms.Alias("estate", name="alias/estate", target_key_id=key.key_id)
    bucket = aws.s3.Bucket("estate", bucket="estate")
    aws.s3.BucketVersioning("estate", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketPublicAccessBlock("estate", bucket=bucket.bucket, block_public_acls=True)
    topic = aws.sns.Topic("estate", name="estate")
    queue = aws.sqs.Queue("estate", name="estate")
    aws.sqs.QueuePolicy("estate", queue_url=queue.url, policy=json.dumps(policy))
    aws.sns.TopicSubscription("estate", topic=topic.arn, protocol="sqs", endpoint=queue.arn)
    mail = aws.sesv2.ConfigurationSet(
        "estate", configuration_set_name="estate", delivery_options={"tls_policy": tls_policy}
    )
    aws.sesv2.ConfigurationSetEventDestination(
        "estate",
        configuration_set_name=mail.configuration_set_name,
        event_destination_name="events",
        event_destination={
            "enabled": True,
            "matching_event_types": ["SEND"],
            "sns_destination": {"topic_arn": topic.arn},
        },
    )
    aws.sesv2.EmailIdentity("estate", email_identity="estate.example")
    pool = aws.cognito.UserPool("estate", name="estate")
    aws.cognito.UserPoolClient("estate", name="estate", user_pool_id=pool.id)
    aws.cognito.UserPoolDomain("estate", domain="estate", user_pool_id=pool.id)
    aws.cognito.ResourceServer(
        "estate",
        identifier="estate",
        name="estate",
        scopes=[{"scope_name": tls_policy.lower(), "scope_description": "As much as that"}],
        user_pool_id=pool.id,
    )


def _names(weight: int) -> None:
    zone = aws.route53.Zone("names", name="shop.example", comment="Where the shop is")
    check = aws.route53.HealthCheck(
        "names", type="HTTPS", fqdn="eu.shop.example", port=443, resource_path="/", request_interval=10
    )
    aws.route53.Record(
        "names",
        zone_id=zone.zone_id,
        name="www.shop.example",
        type="CNAME",
        ttl=60,
        records=["eu.shop.example"],
        set_identifier="eu",
        weighted_routing_policies=[{"weight": weight}],
        health_check_id=check.id,
        opts=pulumi.ResourceOptions(ignore_changes=["weighted_routing_policies"]),
    )
    proof = f"weight-{weight}"
    aws.route53.Record("proof", zone_id=zone.zone_id, name="_proof.shop.example", type="TXT", ttl=60, records=[proof])


EXTRAS: Mapping[str, Callable[[], object]] = {
    "names": lambda: _names(10),
    "names-changed": lambda: _names(20),
    "nothing": lambda: None,
    "bad-value": lambda: aws.sqs.Queue("bad", name="shop-bad", visibility_timeout_seconds=99_999_999),
    "bucket": lambda: aws.s3.Bucket("extra", bucket="shop-extra"),
    "elsewhere": lambda: aws.sqs.Queue("far", name="shop-far", region="ap-southeast-1"),
    "estate": lambda: _estate("OPTIONAL"),
    "estate-changed": lambda: _estate("REQUIRE"),
    "failing": _failing,
    "failing-later": _failing_later,
    "leaving": _leaving,
    "nameless-key": lambda: aws.kms.Key("lonely"),
    "protected-topic": _protected_topic,
    "reading": lambda: aws.sqs.Queue.get("outside", "https://sqs.eu-west-1.amazonaws.com/111122223333/outside"),
    "topic": lambda: aws.sns.Topic("topic", name="shop-topic"),
    "twice": _twice,
    "unanswered-output": _unanswered_output,
    "unknown-function": aws.get_availability_zones,
    "unknown-property": lambda: aws.sqs.Queue("inline", name="shop-inline", policy="{}"),
    "unknown-type": lambda: aws.kinesis.Stream("ledger", name="ledger", shard_count=1),
    "unnamed": lambda: aws.sqs.Queue("unnamed"),
}
