"""A queue that cannot be had without its dead-letter queue."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.statements import Statement, document
from infra.tags import Tags

_DAY = 86_400
_DEAD_LETTER_DAYS = 14
_LONG_POLL_SECONDS = 20


@dataclass(frozen=True)
class QueueArgs:
    """What a queue needs to be told; `topic_arn` names the SNS topic that delivers to it, if one does."""

    visibility_seconds: int
    retention_days: int
    max_receive_count: int
    tags: Tags
    topic_arn: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        refuse_faults(
            "Queue",
            visibility_seconds=outside(self.visibility_seconds, 1, 43_200, "seconds"),
            # A message keeps its age when it moves: the dead-letter queue has to outlast the queue.
            retention_days=outside(self.retention_days, 1, _DEAD_LETTER_DAYS - 1, "days"),
            max_receive_count=outside(self.max_receive_count, 3, 10, "receives"),
        )


class Queue(pulumi.ComponentResource):
    """A standard queue, its dead-letter queue `<name>-dlq` and the redrive between the two."""

    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    dead_letter_url: pulumi.Output[str]
    dead_letter_arn: pulumi.Output[str]

    def __init__(self, name: str, args: QueueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Queue", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        dead_letters = dead_letter_queue(name, args.tags, child)
        queue = aws.sqs.Queue(
            name,
            name=name,
            visibility_timeout_seconds=args.visibility_seconds,
            message_retention_seconds=args.retention_days * _DAY,
            receive_wait_time_seconds=_LONG_POLL_SECONDS,
            sqs_managed_sse_enabled=True,
            redrive_policy=pulumi.Output.json_dumps(
                {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": args.max_receive_count}
            ),
            tags=args.tags.as_tags(),
            opts=child,
        )
        # A resource of its own, for each of the two queues names the other one's ARN.
        aws.sqs.RedriveAllowPolicy(
            name,
            queue_url=dead_letters.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=child,
        )
        if args.topic_arn is not None:
            self._subscribe(name, queue, args.topic_arn)
        self.url = queue.url
        self.arn = queue.arn
        self.dead_letter_url = dead_letters.url
        self.dead_letter_arn = dead_letters.arn
        self.register_outputs({"url": self.url, "arn": self.arn, "deadLetterUrl": self.dead_letter_url})

    def _subscribe(self, name: str, queue: aws.sqs.Queue, topic_arn: pulumi.Input[str]) -> None:
        only_the_topic = Statement(
            "TopicDelivers",
            ["sqs:SendMessage"],
            [queue.arn],
            principal={"Service": "sns.amazonaws.com"},
            conditions={"ArnEquals": {"aws:SourceArn": topic_arn}},
        )
        allowed = aws.sqs.QueuePolicy(
            name,
            queue_url=queue.url,
            policy=document(only_the_topic),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.sns.TopicSubscription(
            name,
            topic=topic_arn,
            protocol="sqs",
            endpoint=queue.arn,
            raw_message_delivery=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )


def dead_letter_queue(name: str, tags: Tags, opts: pulumi.ResourceOptions) -> aws.sqs.Queue:
    """Where what `name` could not do is kept, for as long as SQS keeps anything."""
    return aws.sqs.Queue(
        f"{name}-dlq",
        name=f"{name}-dlq",
        message_retention_seconds=_DEAD_LETTER_DAYS * _DAY,
        receive_wait_time_seconds=_LONG_POLL_SECONDS,
        sqs_managed_sse_enabled=True,
        tags=tags.as_tags(),
        opts=opts,
    )
