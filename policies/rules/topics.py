"""SNS topics: what they carry about people is encrypted where it waits for its subscribers."""

from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource
from policies.places import is_own_key, place_of
from policies.registry import RULES

TOPIC = "aws:sns/topic:Topic"


@RULES.resource_rule(
    name="sns-encrypted",
    types=(TOPIC,),
    why="SNS keeps a message on disk until every subscriber has it, and the notices of mail name who wrote to whom; "
    "it encrypts nothing unless it is told to.",
    remedy="set kmsMasterKeyId to a key of our own; alias/aws/sns cannot be opened to SES, which publishes here.",
    source="CKV_AWS_26; SNS developer guide, key management; SES developer guide, SNS with encrypted topics",
    accepts=(sample(TOPIC, {"kmsMasterKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"}),),
    rejects={
        "topic 'events' is not encrypted": sample(TOPIC, {}, "events"),
        "'events' is not encrypted": sample(TOPIC, {"kmsMasterKeyId": ""}, "events"),
        "topic 'shared' is encrypted under a key that is not ours": sample(
            TOPIC, {"kmsMasterKeyId": "alias/aws/sns"}, "shared"
        ),
    },
)
def encrypted(topic: Resource) -> Iterator[str]:
    """The topic encrypts under a key of ours."""
    key = topic.text("kmsMasterKeyId")
    if not key:
        yield f"topic {topic.name!r} is not encrypted"
    elif not is_own_key(key, place_of(topic)):
        yield f"topic {topic.name!r} is encrypted under a key that is not ours"
