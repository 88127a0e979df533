"""What may never be: the design's own list of mandatory properties, each broken as the design forbids it.

Written from the design (its section 4, by whose numbers the lines are ordered), not from the rules: each line names the
rule that has to complain. It is tried on every resource of the type that has the place, in every golden stack.

A place is a path; `[*]` is each item, `(options)` a resource's options, and a document in JSON text is gone into. A
place that starts with `+` is added where it is not; `GONE` leaves it out, `REMOVED` the whole resource.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.mutation.breaking import GONE

REMOVED = object()


class Stated(NamedTuple):
    """One breach, and the rule that refuses it; `where` is a pattern for the resource's name."""

    rule: str
    type: str
    place: str
    values: Sequence[Any]
    where: str = "*"


_S3, _RDS, _EKS, _K8S = "aws:s3/bucket", "aws:rds/", "aws:eks/cluster:Cluster", "kubernetes:"
BUCKET, BLOCK = f"{_S3}:Bucket", f"{_S3}PublicAccessBlock:BucketPublicAccessBlock"
LIFECYCLE = f"{_S3}LifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = f"{_S3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
CLUSTER, MEMBER = f"{_RDS}cluster:Cluster", f"{_RDS}clusterInstance:ClusterInstance"
WORLDWIDE = f"{_RDS}globalCluster:GlobalCluster"
QUEUE, TABLE, POOL = "aws:sqs/queue:Queue", "aws:dynamodb/table:Table", "aws:cognito/userPool:UserPool"
KEY, REPLICA, ZONE = "aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "aws:route53/zone:Zone"
STAGE, ROUTE = "aws:apigatewayv2/stage:Stage", "aws:apigatewayv2/route:Route"
RECORD, LISTENER = "aws:route53/record:Record", "aws:lb/listener:Listener"
RULE, GROUP = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:ec2/securityGroup:SecurityGroup"
ROLE, GRANTS = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
REPOSITORY, LOGS = "aws:ecr/repository:Repository", "aws:cloudwatch/logGroup:LogGroup"
MONITOR, LAMBDA = "datadog:index/monitor:Monitor", "aws:lambda/function:Function"
DEPLOYMENT, JOB = f"{_K8S}apps/v1:Deployment", f"{_K8S}batch/v1:Job"
_POD, _CONTAINER = "spec.template.spec", "spec.template.spec.containers[*]"
_DAY = 86_400


def _pods(rule: str, place: str, *values: Any) -> list[Stated]:
    return [Stated(rule, kind, place, values) for kind in (DEPLOYMENT, JOB)]


STATED: tuple[Stated, ...] = (
    Stated("region-allowed", BUCKET, "+region", ["sa-east-1"]),
    Stated("region-allowed", CLUSTER, "+region", ["us-east-1"], "cloud-sales-eu*"),
    Stated("region-allowed", POOL, "+region", ["us-east-1"]),
    Stated("region-allowed", QUEUE, "+region", ["sa-east-1"]),
    Stated("region-allowed", REPLICA, "+region", ["sa-east-1"], "cloud-sales-eu*"),
    Stated("no-cross-residency-copy", TABLE, "+replicas", [[{"regionName": "sa-east-1"}]]),
    Stated("payload-expiry-30d", LIFECYCLE, "rules[*].expiration.days", [31, 0, GONE]),
    Stated("payload-expiry-30d", LIFECYCLE, "rules[*].noncurrentVersionExpiration.noncurrentDays", [2, GONE]),
    Stated("payload-expiry-30d", LIFECYCLE, "rules[*].abortIncompleteMultipartUpload", [GONE]),
    Stated("payload-expiry-30d", LIFECYCLE, "rules[*].status", ["Disabled"]),
    Stated("payload-expiry-30d", LIFECYCLE, "rules[*].filter.prefix", ["orders/"]),
    Stated("payload-expiry-30d", LIFECYCLE, "", [REMOVED]),
    *(
        Stated("s3-public-access-block", BLOCK, switch, [False, GONE])
        for switch in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    ),
    Stated("s3-public-access-block", BLOCK, "", [REMOVED]),
    Stated("s3-kms", ENCRYPTION, "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm", ["AES256", GONE]),
    Stated("s3-kms", ENCRYPTION, "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId", ["", GONE]),
    Stated("s3-kms", ENCRYPTION, "rules[*].bucketKeyEnabled", [False, GONE]),
    Stated("s3-kms", ENCRYPTION, "", [REMOVED]),
    Stated("s3-tls-only", f"{_S3}Policy:BucketPolicy", "policy.Statement[0].Condition", [GONE]),
    Stated("s3-tls-only", f"{_S3}Policy:BucketPolicy", "policy.Statement[0].Effect", ["Allow"]),
    Stated("s3-tls-only", f"{_S3}Policy:BucketPolicy", "+policy.Statement[0].Condition.Null", [{"aws:Via": "true"}]),
    Stated("resource-policy-tight", f"{_S3}Policy:BucketPolicy", "policy.Statement[1].Condition", [GONE]),
    Stated("resource-policy-tight", f"{_S3}Policy:BucketPolicy", "policy.Statement[1].Action", [["s3:*"], ["s3:?ut*"]]),
    Stated("s3-tls-only", f"{_S3}Policy:BucketPolicy", "policy.Statement[0].Action", [["s3:GetObject"]]),
    Stated("s3-tls-only", f"{_S3}Policy:BucketPolicy", "policy.Statement[0].Resource[1]", [GONE]),
    *(
        Stated("data-protected", kind, "(options).protect", [False])
        for kind in (BUCKET, CLUSTER, WORLDWIDE, POOL, TABLE, KEY, REPLICA, ZONE)
    ),
    *(Stated("data-protected", kind, "deletionProtection", [False, GONE]) for kind in (CLUSTER, WORLDWIDE)),
    Stated("data-protected", POOL, "deletionProtection", ["INACTIVE", GONE]),
    Stated("data-protected", TABLE, "deletionProtectionEnabled", [False, GONE]),
    *(Stated("data-protected", kind, "forceDestroy", [True]) for kind in (BUCKET, ZONE)),
    Stated("aurora-encrypted-cmk", CLUSTER, "storageEncrypted", [False, GONE]),
    Stated("aurora-encrypted-cmk", CLUSTER, "kmsKeyId", ["", GONE]),
    Stated("aurora-encrypted-cmk", WORLDWIDE, "storageEncrypted", [False, GONE]),
    Stated("aurora-iam-auth", CLUSTER, "iamDatabaseAuthenticationEnabled", [False, GONE]),
    Stated("aurora-pitr", CLUSTER, "backupRetentionPeriod", [13, 0, GONE]),
    Stated("aurora-pitr", CLUSTER, "copyTagsToSnapshot", [False, GONE]),
    Stated("aurora-private", MEMBER, "publiclyAccessible", [True]),
    Stated("aurora-runtime-ignored", CLUSTER, "(options).ignore_changes[*]", [GONE]),
    Stated("aurora-runtime-ignored", CLUSTER, "(options).ignore_changes", [()]),
    Stated("aurora-no-managed-password", CLUSTER, "+manageMasterUserPassword", [True]),
    Stated("aurora-members-symmetric", MEMBER, "instanceClass", ["db.r8g.24xlarge"]),
    Stated("aurora-members-symmetric", MEMBER, "", [REMOVED]),
    Stated("aurora-force-ssl-logs", f"{_RDS}clusterParameterGroup:ClusterParameterGroup", "parameters[0].value", ["0"]),
    Stated("aurora-force-ssl-logs", f"{_RDS}clusterParameterGroup:ClusterParameterGroup", "parameters[0]", [GONE]),
    Stated("aurora-force-ssl-logs", CLUSTER, "enabledCloudwatchLogsExports", [[], GONE]),
    Stated("sqs-encrypted", QUEUE, "sqsManagedSseEnabled", [False, GONE]),
    Stated("queue-has-dlq", QUEUE, "redrivePolicy", [GONE, "{"]),
    Stated("queue-has-dlq", QUEUE, "redrivePolicy.maxReceiveCount", [2, 11, GONE]),
    Stated("queue-has-dlq", QUEUE, "redrivePolicy.deadLetterTargetArn", ["arn:aws:sqs:eu-west-1:1:other", GONE]),
    Stated("dlq-retention", QUEUE, "messageRetentionSeconds", [13 * _DAY, 4 * _DAY, GONE], "*-dlq"),
    Stated("queue-policy-tight", "aws:sqs/queuePolicy:QueuePolicy", "policy.Statement[*].Condition", [GONE]),
    Stated("queue-policy-tight", "aws:sqs/queuePolicy:QueuePolicy", "policy.Statement[*].Action", [["sqs:*"]]),
    Stated("queue-policy-tight", "aws:sns/topicPolicy:TopicPolicy", "policy.Statement[*].Condition", [GONE]),
    Stated("route-auth", ROUTE, "authorizationType", ["NONE"]),
    Stated("route-auth", ROUTE, "authorizerId", [GONE]),
    Stated("api-logs-throttle", STAGE, "accessLogSettings", [GONE]),
    Stated("api-logs-throttle", STAGE, "defaultRouteSettings", [GONE]),
    Stated(
        "tls12", "aws:apigatewayv2/domainName:DomainName", "domainNameConfiguration.securityPolicy", ["TLS_1_0", GONE]
    ),
    Stated("tls12", LISTENER, "sslPolicy", ["ELBSecurityPolicy-2016-08", GONE]),
    Stated("tls12", LISTENER, "protocol", ["HTTP"]),
    Stated("tls12", "aws:sesv2/configurationSet:ConfigurationSet", "deliveryOptions.tlsPolicy", ["OPTIONAL", GONE]),
    Stated("tls12", "aws:ses/receiptRule:ReceiptRule", "tlsPolicy", ["Optional", GONE]),
    Stated("weighted-has-health-check", RECORD, "healthCheckId", [GONE]),
    Stated("weighted-has-health-check", RECORD, "ttl", [61, 300], "cloud-sales-[ea]*-api"),
    Stated("weighted-runtime-ignored", RECORD, "(options).ignore_changes", [()], "*-api"),
    Stated("no-open-ingress", RULE, "+cidrIpv4", ["0.0.0.0/0"]),
    Stated("no-open-ingress", RULE, "+cidrIpv6", ["::/0"]),
    Stated("no-open-ingress", GROUP, "+ingress", [[{"cidrBlocks": ["0.0.0.0/0"], "protocol": "-1"}]]),
    Stated("flow-logs-default-sg", "aws:ec2/flowLog:FlowLog", "", [REMOVED]),
    Stated("flow-logs-default-sg", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "", [REMOVED]),
    Stated("flow-logs-default-sg", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "+ingress", [[{"self": True}]]),
    Stated("eks-private", _EKS, "vpcConfig.endpointPublicAccess", [True, GONE]),
    Stated("eks-private", _EKS, "accessConfig.authenticationMode", ["API_AND_CONFIG_MAP", "CONFIG_MAP", GONE]),
    Stated("eks-private", _EKS, "enabledClusterLogTypes[*]", [GONE]),
    Stated("eks-private", _EKS, "encryptionConfig", [GONE]),
    Stated("three-azs", _EKS, "vpcConfig.subnetIds[*]", [GONE]),
    Stated("three-azs", f"{_RDS}subnetGroup:SubnetGroup", "subnetIds[*]", [GONE]),
    *_pods("pod-hardening", f"{_POD}.securityContext.runAsNonRoot", False, GONE),
    *_pods("pod-hardening", f"{_POD}.securityContext.seccompProfile.type", "Unconfined", GONE),
    *_pods("pod-hardening", f"{_POD}.automountServiceAccountToken", True, GONE),
    *_pods("pod-hardening", f"+{_POD}.hostNetwork", True),
    *_pods("pod-hardening", f"{_CONTAINER}.securityContext.readOnlyRootFilesystem", False, GONE),
    *_pods("pod-hardening", f"{_CONTAINER}.securityContext.allowPrivilegeEscalation", True, GONE),
    *_pods("pod-hardening", f"+{_CONTAINER}.securityContext.privileged", True),
    *_pods("pod-hardening", f"{_CONTAINER}.securityContext.capabilities.drop", [], ["NET_RAW"], GONE),
    *_pods("pod-resources-probes", f"{_CONTAINER}.resources.requests", GONE),
    *_pods("pod-resources-probes", f"{_CONTAINER}.resources.limits.memory", GONE),
    Stated("pod-resources-probes", DEPLOYMENT, f"{_CONTAINER}.readinessProbe", [GONE]),
    Stated("pod-resources-probes", DEPLOYMENT, f"{_CONTAINER}.livenessProbe", [GONE]),
    Stated("pod-resources-probes", DEPLOYMENT, f"{_CONTAINER}.startupProbe", [GONE]),
    *_pods("image-digest-own-registry", f"{_CONTAINER}.image", "docker.io/library/python:3.11"),
    Stated("pdb-hpa-spread", f"{_K8S}policy/v1:PodDisruptionBudget", "", [REMOVED]),
    Stated("pdb-hpa-spread", f"{_K8S}autoscaling/v2:HorizontalPodAutoscaler", "", [REMOVED]),
    Stated("pdb-hpa-spread", f"{_K8S}keda.sh/v1alpha1:ScaledObject", "", [REMOVED]),
    Stated("pdb-hpa-spread", DEPLOYMENT, f"{_POD}.topologySpreadConstraints", [[], GONE]),
    Stated("network-policy-per-namespace", f"{_K8S}networking.k8s.io/v1:NetworkPolicy", "", [REMOVED], "*deny*"),
    Stated("iam-no-star", GRANTS, "policy.Statement[*].Action", [["*"], ["s3:*"], ["s3:?etObject"]]),
    Stated(
        "iam-no-star", GRANTS, "policy.Statement[*].Resource", [["arn:aws:sqs:*:*:*"], ["arn:aws:s3:::*/*"]], "*-order"
    ),
    Stated("iam-no-star", GRANTS, "+policy.Statement[*].NotAction", [["iam:*"]]),
    Stated(
        "iam-no-star",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "policyArn",
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    Stated("trust-scoped", ROLE, "assumeRolePolicy.Statement[*].Condition", [GONE]),
    Stated("trust-scoped", ROLE, "assumeRolePolicy.Statement[*].Principal", ["*", {"AWS": "*"}]),
    Stated("kms-rotation", KEY, "enableKeyRotation", [False, GONE]),
    Stated("kms-rotation", KEY, "deletionWindowInDays", [7, 13]),
    Stated("kms-rotation", KEY, "policy.Statement[*].Principal", ["*", {"AWS": "*"}]),
    Stated("kms-rotation", KEY, "policy.Statement[1].Condition", [GONE, {"StringLike": {"aws:SourceAccount": "*"}}]),
    Stated("secrets-wo-cmk", LAMBDA, "+environment.variables.DATABASE_PASSWORD", ["correct horse battery staple"]),
    Stated("ecr-immutable-scan", REPOSITORY, "imageTagMutability", ["MUTABLE", GONE]),
    Stated("ecr-immutable-scan", REPOSITORY, "encryptionConfigurations", [[{"encryptionType": "AES256"}], GONE]),
    Stated("ecr-immutable-scan", "aws:ecr/lifecyclePolicy:LifecyclePolicy", "", [REMOVED]),
    *(Stated("tags", BUCKET, f"tags.{tag}", [GONE]) for tag in ("owner", "service", "data", "cost-centre")),
    Stated("monitor-has-runbook", MONITOR, "message", ["look at it @pagerduty", "https://runbook.example/x", ""]),
    Stated("monitor-has-runbook", MONITOR, "priority", [GONE]),
    Stated("monitor-has-runbook", MONITOR, "tags", [[], GONE]),
    Stated("log-retention", LOGS, "retentionInDays", [0, 366, 400, GONE]),
    Stated("log-retention", LOGS, "kmsKeyId", ["", GONE]),
    Stated("cost-guard", MEMBER, "instanceClass", ["db.x2iedn.32xlarge"]),
    Stated("controller-single", LAMBDA, "reservedConcurrentExecutions", [2, GONE]),
    Stated("controller-single", LAMBDA, "deadLetterConfig", [GONE]),
)
