"""Types that are only written down: another part of the local run plays them, or nothing on one machine needs them."""

from collections.abc import Mapping

from local.host.shapes.declared_only import DECLARED_ONLY
from local.host.shapes.shape import Shape

RECORDED: Mapping[str, Shape] = {
    **DECLARED_ONLY,
    # The edge proxy is made from these.
    "aws:apigatewayv2/authorizer:Authorizer": Shape("{hash:.6}"),
    "aws:apigatewayv2/integration:Integration": Shape("{hash:.7}"),
    "aws:apigatewayv2/route:Route": Shape("{hash:.7}"),
    # The access log of the edge, which here is the proxy's own.
    "aws:cloudwatch/logGroup:LogGroup": Shape("{name}", {"arn": "arn:aws:logs:{region}:{account}:log-group:{name}"}),
    # Each pod is given its role's credentials when it is started.
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Shape(
        "a-{hash:.17}",
        {
            "associationId": "a-{hash:.17}",
            "associationArn": "arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/a-{hash:.17}",
        },
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": Shape(
        "{name}", {"arn": "arn:aws:rds:{region}:{account}:cluster-pg:{name}"}
    ),
    # Nobody here is told: what a run lacks, `make up` and `make status` say themselves.
    "datadog:index/monitor:Monitor": Shape("{hash:.8}"),
    # The chart of the release is rendered, and its pods are started, from this record.
    "kubernetes:core/v1:Namespace": Shape("{logical}"),
    "kubernetes:helm.sh/v3:Release": Shape(
        "{namespace}/{name}", {"status": {"name": "{name}", "namespace": "{namespace}"}}
    ),
    "pulumi:providers:aws": Shape("{uuid}"),
    "pulumi:providers:kubernetes": Shape("{uuid}"),
}
