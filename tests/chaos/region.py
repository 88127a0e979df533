"""What a region declares, made by hand in the emulator in a moment: bucket, queues, dead letters, mail events, users.

Each run of a scenario gets bucket, queues and configuration set of its own, so nothing is left over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from uuid import UUID

from local import seed
from local.customer import sign_in
from local.host.emulator import Clients
from services.registry import QUEUES, STAFF_GROUPS, dead_letter_variable, queue_variable

AWS_REGION: Literal["eu-west-1"] = "eu-west-1"
VISIBILITY_SECONDS = 4
"""Short, so that what a dead worker had received comes back soon; the services extend it or do not mind."""
MAX_RECEIVES = 20
"""More than crash points strike at one message, so that a dead letter is never just bad luck."""
SENDER_DOMAIN = "eu.cloud-sales.example"


@dataclass(frozen=True)
class Users:
    """The demo's users and the pool that knows them."""

    pool: str
    client: str
    subjects: Mapping[str, UUID]

    @property
    def environment(self) -> dict[str, str]:
        """Whose tokens the services accept."""
        issuer = f"https://cognito-idp.{AWS_REGION}.amazonaws.com/{self.pool}"
        return {"TOKEN_ISSUERS": json.dumps([{"issuer": issuer, "clientIds": [self.client]}])}


def make_users(emulator: str) -> Users:
    """A user pool with the demo's users, and the identity that mails are sent from."""
    clients = Clients(emulator, AWS_REGION)
    pool = clients.cognito.create_user_pool(PoolName="chaos")["UserPool"]["Id"]
    flows = clients.cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="chaos", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    clients.ses.create_email_identity(EmailIdentity=SENDER_DOMAIN)
    for group in STAFF_GROUPS:
        clients.cognito.create_group(GroupName=group, UserPoolId=pool)
    seed.ensure_staff(clients.cognito, pool)
    return Users(pool, flows["UserPoolClient"]["ClientId"], seed.ensure_users(clients.cognito, pool))


def token_of(emulator: str, users: Users, email: str) -> str:
    """An access token of the user with that address."""
    return sign_in(Clients(emulator, AWS_REGION).cognito, users.client, email, seed.PASSWORD)


@dataclass(frozen=True)
class Region:
    """One run's own bucket, queues and configuration set, all under one name."""

    emulator: str
    name: str
    queues: Mapping[str, str]
    dead_letters: Mapping[str, str]
    secrets: str

    @cached_property
    def clients(self) -> Clients:
        """Clients that go to the emulator past every proxy."""
        return Clients(self.emulator, AWS_REGION)

    @property
    def environment(self) -> dict[str, str]:
        """What the services are told of it."""
        return {
            "PAYLOAD_BUCKET": self.name,
            "PAYLOAD_BUCKETS": json.dumps([{"region": self.name, "bucket": self.name, "awsRegion": AWS_REGION}]),
            "MAIL_SENDER": f"invoices@{SENDER_DOMAIN}",
            "MAIL_CONFIGURATION_SET": self.name,
            "PAYLOAD_EXPIRY_DAYS": "30",
            "HANDOVER_RECIPIENT": "operations@cloud-sales.example",
            "TENANT_REQUESTS_PER_MINUTE": "1000000",
            "SECRETS_KEY_ARN": self.secrets,
            "QUEUE_VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
            **{queue_variable(queue): self.queues[queue.name] for queue in QUEUES},
            **{dead_letter_variable(queue): self.dead_letters[queue.name] for queue in QUEUES},
        }

    def depths(self) -> dict[str, tuple[int, int]]:
        """Messages that wait or are in flight, and dead letters, by queue."""
        return {name: (self._depth(url), self._depth(self.dead_letters[name])) for name, url in self.queues.items()}

    def _depth(self, url: str) -> int:
        found = self.clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return sum(int(count) for name, count in found.items() if name.startswith("ApproximateNumberOfMessages"))


def make_region(emulator: str, name: str) -> Region:
    """A region of that name, empty."""
    clients = Clients(emulator, AWS_REGION)
    clients.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": AWS_REGION})
    queues, dead = {}, {}
    for queue in QUEUES:
        dead[queue.name] = clients.sqs.create_queue(QueueName=f"{name}-{queue.name}-dlq")["QueueUrl"]
        redrive = {"deadLetterTargetArn": _arn(clients, dead[queue.name]), "maxReceiveCount": MAX_RECEIVES}
        queues[queue.name] = clients.sqs.create_queue(
            QueueName=f"{name}-{queue.name}",
            Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS), "RedrivePolicy": json.dumps(redrive)},
        )["QueueUrl"]
    topic = clients.sns.create_topic(Name=name)["TopicArn"]
    clients.sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=_arn(clients, queues["mail-events"]),
        Attributes={"RawMessageDelivery": "true"},
    )
    clients.ses.create_configuration_set(ConfigurationSetName=name)
    clients.ses.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName="events",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT"],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    secrets = clients.kms.create_key(Description=name, MultiRegion=True)["KeyMetadata"]["Arn"]
    return Region(emulator, name, queues, dead, secrets)


def _arn(clients: Clients, url: str) -> str:
    return clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
