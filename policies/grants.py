"""What may be granted although it is wider than a name: decisions of this pack, each with its reason."""

WITHOUT_RESOURCE = {
    "cloudwatch:GetMetricStatistics": "a metric is no resource, and there is no condition on its namespace either",
    "cloudwatch:PutMetricData": "a metric is no resource; a condition on cloudwatch:namespace is what narrows it",
    "ecr:GetAuthorizationToken": "the token is for the registry of the account, not for a repository",
    "xray:PutTelemetryRecords": "a daemon's own figures belong to no resource",
    "xray:PutTraceSegments": "a trace is made by its first segment, so there is nothing to name",
}
"""Actions that AWS can grant on every resource only (AWS service authorization reference), and why that is so."""

HARMLESS = frozenset({"route53:GetHealthCheckStatus"})
"""Actions that may be granted on every resource of a kind: they tell nothing that customers do not see."""

AWS_MANAGED = frozenset(
    {
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSBlockStoragePolicy",
        "AmazonEKSClusterPolicy",
        "AmazonEKSComputePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AWSLambdaBasicExecutionRole",
    }
)
"""AWS's own policies that may be attached: AWS adds to them as it likes. A longer list is a decision of this pack."""
