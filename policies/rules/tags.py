"""Tags: everything that can carry them says whose it is, what it is part of, what it holds and who pays."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import mapping
from policies.registry import RULES

_KINDS = {
    "acm": "certificate",
    "apigatewayv2": "api domainName stage vpcLink",
    "backup": "plan vault",
    "budgets": "budget",
    "cloudwatch": "logGroup metricAlarm",
    "cognito": "userPool",
    "dynamodb": "table",
    "ec2": "defaultSecurityGroup eip flowLog instance internetGateway launchTemplate natGateway routeTable "
    "securityGroup subnet vpc vpcEndpoint",
    "ec2transitgateway": "peeringAttachment peeringAttachmentAccepter transitGateway vpcAttachment",
    "ecr": "repository",
    "eks": "accessEntry addon cluster nodeGroup podIdentityAssociation",
    "iam": "openIdConnectProvider policy role",
    "kms": "key replicaKey",
    "lambda": "function",
    "lb": "listener listenerRule loadBalancer targetGroup",
    "rds": "cluster clusterInstance clusterParameterGroup globalCluster instance subnetGroup",
    "route53": "healthCheck zone",
    "s3": "bucket",
    "scheduler": "scheduleGroup",
    "secretsmanager": "secret",
    "sesv2": "configurationSet emailIdentity",
    "sns": "topic",
    "sqs": "queue",
    "ssm": "parameter",
    "vpc": "securityGroupEgressRule securityGroupIngressRule",
}
TAGGABLE = tuple(
    f"aws:{module}/{kind}:{kind[0].upper()}{kind[1:]}" for module, kinds in _KINDS.items() for kind in kinds.split()
)
"""What the product is built of and AWS lets carry tags; a test holds the list against the SDK."""

_TAGS = ("owner", "service", "region", "data", "cost-centre")
_DATA = ("internal", "confidential", "personal")

_GOOD = {"owner": "shop", "service": "email", "region": "eu", "data": "personal", "cost-centre": "shop-eu"}


def _queue(tags: object = _GOOD, **more: Any) -> Resource:
    return sample("aws:sqs/queue:Queue", {"tags": tags, **more}, "email")


def _without(*names: str) -> Mapping[str, str]:
    return {name: value for name, value in _GOOD.items() if name not in names}


@RULES.resource_rule(
    name="tags",
    types=TAGGABLE,
    why="What belongs to nobody is paid for by everybody and removed by nobody; and whether personal data is in it is "
    "asked when it is too late to find out.",
    remedy="set the tags owner, service, region, data (internal, confidential or personal) and cost-centre; "
    "infra.tags.Tags cannot be made without them.",
    source="this project's design, the tag law; AWS Well-Architected, COST03-BP02",
    accepts=(
        _queue(),
        _queue({**_GOOD, "eks:eks-cluster-name": "eu"}),
        _queue(_without("owner"), tagsAll=_GOOD),
        sample("aws:kms/key:Key", {"tags": {**_GOOD, "data": "internal"}}),
    ),
    rejects={
        "Queue 'email' lacks the tag owner": _queue(_without("owner")),
        "lacks the tags data, cost-centre": _queue(_without("data", "cost-centre")),
        "lacks the tag service": _queue({**_GOOD, "service": ""}),
        "lacks the tags owner, service, region, data, cost-centre": _queue(None),
        "Queue 'email' lacks the tags owner, service": _queue("nonsense"),
        "says that it holds 'secret' data": _queue({**_GOOD, "data": "secret"}),
    },
)
def says_whose_it_is(tagged: Resource) -> Iterator[str]:
    """The resource carries all five tags, its own or those that its provider adds."""
    kind = tagged.type.rpartition(":")[2]
    tags = {**mapping(tagged.properties.get("tagsAll")), **mapping(tagged.properties.get("tags"))}
    missing = [name for name in _TAGS if not tags.get(name)]
    if missing:
        yield f"{kind} {tagged.name!r} lacks the tag{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    if "data" not in missing and tags["data"] not in _DATA:
        yield f"{kind} {tagged.name!r} says that it holds {tags['data']!r} data, which is no class of ours"
