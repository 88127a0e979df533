"""Types that are created for real in the emulator: services touch them, or the emulator checks what they say."""

from collections.abc import Mapping

from local.host.shapes.shape import Shape

_SQS_URL = "https://sqs.{region}.amazonaws.com/{account}/{name}"

CREATED: Mapping[str, Shape] = {
    "aws:cognito/userPool:UserPool": Shape(
        "{region}_{hash:.9}",
        {
            "arn": "arn:aws:cognito-idp:{region}:{account}:userpool/{region}_{hash:.9}",
            "endpoint": "cognito-idp.{region}.amazonaws.com/{region}_{hash:.9}",
        },
    ),
    "aws:cognito/userPoolClient:UserPoolClient": Shape("{hash:.26}", {"clientSecret": ""}),
    "aws:cognito/userPoolDomain:UserPoolDomain": Shape("{domain}"),
    "aws:cognito/resourceServer:ResourceServer": Shape("{userPoolId}|{identifier}"),
    "aws:cognito/userGroup:UserGroup": Shape("{userPoolId}/{name}"),
    "aws:dynamodb/table:Table": Shape("{name}", {"arn": "arn:aws:dynamodb:{region}:{account}:table/{name}"}),
    "aws:iam/role:Role": Shape("{name}", {"arn": "arn:aws:iam::{account}:role/{name}", "uniqueId": "AROA{hash:.17}"}),
    "aws:iam/rolePolicy:RolePolicy": Shape("{role}:{name}"),
    "aws:kms/alias:Alias": Shape(
        "{name}", {"arn": "arn:aws:kms:{region}:{account}:{name}", "targetKeyArn": "{targetKeyId}"}
    ),
    "aws:kms/key:Key": Shape("{uuid}", {"keyId": "{uuid}", "arn": "arn:aws:kms:{region}:{account}:key/{uuid}"}),
    "aws:kms/replicaKey:ReplicaKey": Shape(
        "mrk-{hash}", {"keyId": "mrk-{hash}", "arn": "arn:aws:kms:{region}:{account}:key/mrk-{hash}"}
    ),
    "aws:lambda/function:Function": Shape(
        "{name}", {"arn": "arn:aws:lambda:{region}:{account}:function:{name}", "codeSha256": "{hash}"}
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Shape("{functionName}"),
    # What RDS says of them; their endpoints are the PostgreSQL server's, as `local.host.played` has them.
    "aws:rds/globalCluster:GlobalCluster": Shape(
        "{globalClusterIdentifier}",
        {
            "arn": "arn:aws:rds::{account}:global-cluster:{globalClusterIdentifier}",
            "globalClusterResourceId": "cluster-{hash:.16}",
            "endpoint": "{globalClusterIdentifier}.global-{hash:.12}.global.rds.amazonaws.com",
        },
    ),
    "aws:rds/cluster:Cluster": Shape(
        "{clusterIdentifier}",
        {
            "arn": "arn:aws:rds:{region}:{account}:cluster:{clusterIdentifier}",
            "clusterResourceId": "cluster-{hash:.26}",
            "endpoint": "{clusterIdentifier}.cluster-{hash:.12}.{region}.rds.amazonaws.com",
            "readerEndpoint": "{clusterIdentifier}.cluster-ro-{hash:.12}.{region}.rds.amazonaws.com",
            "port": 5432,
        },
    ),
    "aws:rds/clusterInstance:ClusterInstance": Shape(
        "{identifier}", {"arn": "arn:aws:rds:{region}:{account}:db:{identifier}"}
    ),
    "aws:route53/healthCheck:HealthCheck": Shape("{uuid}", {"arn": "arn:aws:route53:::healthcheck/{uuid}"}),
    "aws:route53/record:Record": Shape("{zoneId}_{name}_{type}", {"fqdn": "{name}"}),
    "aws:route53/zone:Zone": Shape(
        "Z{hash:.20}",
        {
            "zoneId": "Z{hash:.20}",
            "arn": "arn:aws:route53:::hostedzone/Z{hash:.20}",
            "nameServers": ["ns-{hash:.4}.awsdns-00.com"],
        },
    ),
    "aws:s3/bucket:Bucket": Shape(
        "{bucket}",
        {
            "arn": "arn:aws:s3:::{bucket}",
            "bucketDomainName": "{bucket}.s3.amazonaws.com",
            "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
        },
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Shape("{bucket}"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Shape("{bucket}"),
    "aws:s3/bucketPolicy:BucketPolicy": Shape("{bucket}"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Shape("{bucket}"),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Shape("{bucket}"),
    "aws:s3/bucketVersioning:BucketVersioning": Shape("{bucket}"),
    "aws:scheduler/schedule:Schedule": Shape(
        "{groupName}/{name}", {"arn": "arn:aws:scheduler:{region}:{account}:schedule/{groupName}/{name}"}
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Shape(
        "{name}", {"arn": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}"}
    ),
    "aws:secretsmanager/secret:Secret": Shape(
        "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hash:.6}",
        {"arn": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hash:.6}"},
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Shape("{secretId}|{uuid}", {"versionId": "{uuid}"}),
    "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet": Shape(
        "{ruleSetName}", {"arn": "arn:aws:ses:{region}:{account}:receipt-rule-set/{ruleSetName}"}
    ),
    "aws:ses/receiptRule:ReceiptRule": Shape(
        "{name}", {"arn": "arn:aws:ses:{region}:{account}:receipt-rule-set/{ruleSetName}:receipt-rule/{name}"}
    ),
    "aws:ses/receiptRuleSet:ReceiptRuleSet": Shape(
        "{ruleSetName}", {"arn": "arn:aws:ses:{region}:{account}:receipt-rule-set/{ruleSetName}"}
    ),
    "aws:sesv2/configurationSet:ConfigurationSet": Shape(
        "{configurationSetName}",
        {"arn": "arn:aws:ses:{region}:{account}:configuration-set/{configurationSetName}"},
    ),
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": Shape(
        "{configurationSetName}|{eventDestinationName}"
    ),
    "aws:sesv2/emailIdentity:EmailIdentity": Shape(
        "{emailIdentity}",
        {
            "arn": "arn:aws:ses:{region}:{account}:identity/{emailIdentity}",
            "identityType": "DOMAIN",
            "verifiedForSendingStatus": True,
            "dkimSigningAttributes": {"tokens": ["{hash:.30}a", "{hash:.30}b", "{hash:.30}c"]},
        },
    ),
    "aws:sns/topic:Topic": Shape(
        "arn:aws:sns:{region}:{account}:{name}", {"arn": "arn:aws:sns:{region}:{account}:{name}"}
    ),
    "aws:sns/topicPolicy:TopicPolicy": Shape("{arn}"),
    "aws:sns/topicSubscription:TopicSubscription": Shape("{topic}:{uuid}", {"arn": "{topic}:{uuid}"}),
    "aws:sqs/queue:Queue": Shape(_SQS_URL, {"url": _SQS_URL, "arn": "arn:aws:sqs:{region}:{account}:{name}"}),
    "aws:sqs/queuePolicy:QueuePolicy": Shape("{queueUrl}"),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": Shape("{queueUrl}"),
}
