"""Where data rests: the payload bucket, the database, and the keys over both."""

from typing import Any

import pytest

from local.host import Model, Resource
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only, place_of, statements

# What a switchover, an upgrade or AWS itself changes; a program that put it back would detach or replace a member.
RUNTIME_OWNED = {
    "availabilityZones",
    "databaseName",
    "engineVersion",
    "globalClusterIdentifier",
    "masterPasswordWo",
    "masterPasswordWoVersion",
    "masterUsername",
    "replicationSourceIdentifier",
}


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def key_named(model: Model, alias: str) -> Resource:
    (target,) = (a.inputs["targetKeyId"] for a in model.of_type("aws:kms/alias:Alias") if a.inputs["name"] == alias)
    (key,) = (key for key in model.of_type("aws:kms/key:Key") if key.outputs["keyId"] == target)
    return key


def side(model: Model, kind: str) -> dict[str, Any]:
    """The inputs of one of the bucket's side resources, which must be about the payload bucket."""
    inputs = only(model, f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}").inputs
    assert inputs["bucket"] == f"cloud-sales-{model.stack}-payloads"
    return inputs


def test_payloads_are_gone_after_thirty_days_in_every_version(model: Model) -> None:
    (rule,) = side(model, "BucketLifecycleConfiguration")["rules"]
    assert rule["status"] == "Enabled"
    assert rule["filter"] == {"prefix": ""}
    assert rule["expiration"] == {"days": 30}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 1}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}


def test_versioning_stands_before_the_lifecycle_that_counts_on_it(model: Model) -> None:
    versioning = only(model, "aws:s3/bucketVersioning:BucketVersioning")
    lifecycle = only(model, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    assert side(model, "BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
    assert versioning.urn in lifecycle.dependencies


def test_the_bucket_is_private_encrypted_and_reached_over_tls_only(model: Model) -> None:
    bucket = only(model, "aws:s3/bucket:Bucket")
    block = side(model, "BucketPublicAccessBlock")
    names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(block[name] is True for name in names)
    assert side(model, "BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (encryption,) = side(model, "BucketServerSideEncryptionConfiguration")["rules"]
    key = key_named(model, f"alias/cloud-sales-{model.stack}-payloads")
    assert encryption["bucketKeyEnabled"] is True
    assert encryption["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": key.outputs["arn"],
    }
    tls_only, *let_in = statements(side(model, "BucketPolicy")["policy"])
    assert tls_only == {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*"],
        "Resource": [bucket.outputs["arn"], f"{bucket.outputs['arn']}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    assert [one["Sid"] for one in let_in] == ["SesLaysMail"]


def test_what_belongs_beside_the_bucket_is_not_inside_it(model: Model) -> None:
    assert only(model, "aws:s3/bucket:Bucket").inputs.keys() == {"bucket", "forceDestroy", "tags"}


def test_the_database_member_leaves_alone_what_changes_at_run_time(model: Model) -> None:
    cluster = only(model, "aws:rds/cluster:Cluster")
    assert set(cluster.ignore_changes) == RUNTIME_OWNED
    assert cluster.inputs["globalClusterIdentifier"] == "cloud-sales"
    assert not {"manageMasterUserPassword", "availabilityZones"} & cluster.inputs.keys()


def test_the_first_member_alone_is_made_with_the_database_and_a_user(model: Model) -> None:
    made_with = {"databaseName", "masterUsername", "masterPasswordWo", "masterPasswordWoVersion"}
    cluster = only(model, "aws:rds/cluster:Cluster")
    first = model_of(WORLDWIDE).outputs["firstRegion"] == model.stack
    assert made_with & cluster.inputs.keys() == (made_with if first else set())
    assert cluster.inputs.get("databaseName", model.outputs["databaseName"]) == model.outputs["databaseName"]


def test_services_go_to_the_writer_wherever_it_is(model: Model) -> None:
    database = only(model_of(WORLDWIDE), "aws:rds/globalCluster:GlobalCluster")
    assert model.outputs["databaseEndpoint"] == database.outputs["endpoint"]


def test_the_database_has_no_way_out_and_is_reached_from_the_regions_alone(model: Model) -> None:
    cluster = only(model, "aws:rds/cluster:Cluster")
    subnets = {subnet.id: subnet.name for subnet in model.of_type("aws:ec2/subnet:Subnet")}
    named = [subnets[one] for one in only(model, "aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"]]
    assert len(named) == 3
    assert all("-intra-" in name for name in named)
    (group,) = cluster.inputs["vpcSecurityGroupIds"]
    (rule,) = (
        rule.inputs
        for rule in model.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if rule.inputs["securityGroupId"] == group
    )
    assert (rule["fromPort"], rule["toPort"]) == (5432, 5432)
    assert rule["cidrIpv4"] == model_of(WORLDWIDE).outputs["supernet"]


def test_the_database_is_encrypted_logged_restorable_and_known_by_iam(model: Model) -> None:
    cluster = only(model, "aws:rds/cluster:Cluster")
    group = only(model, "aws:rds/clusterParameterGroup:ClusterParameterGroup").inputs
    assert cluster.inputs["storageEncrypted"] is True
    assert cluster.inputs["kmsKeyId"] == key_named(model, f"alias/cloud-sales-{model.stack}-database").outputs["arn"]
    assert cluster.inputs["iamDatabaseAuthenticationEnabled"] is True
    assert cluster.inputs["backupRetentionPeriod"] >= 14
    assert cluster.inputs["enabledCloudwatchLogsExports"] == ["postgresql"]
    assert cluster.inputs["dbClusterParameterGroupName"] == group["name"]
    assert group["family"] == "aurora-postgresql16"
    parameters = {one["name"]: one["value"] for one in group["parameters"]}
    assert parameters == {"rds.force_ssl": "1", "log_error_verbosity": "terse"}


def test_the_log_group_stands_before_the_database_would_make_its_own(model: Model) -> None:
    cluster = only(model, "aws:rds/cluster:Cluster")
    name = f"/aws/rds/cluster/{cluster.inputs['clusterIdentifier']}/postgresql"
    (group,) = (group for group in model.of_type("aws:cloudwatch/logGroup:LogGroup") if group.inputs["name"] == name)
    assert group.urn in cluster.dependencies


def test_instances_are_alike_and_private_so_that_any_can_take_over(model: Model) -> None:
    instances = model.of_type("aws:rds/clusterInstance:ClusterInstance")
    assert len(instances) == 2
    alike = [{key: value for key, value in one.inputs.items() if key != "identifier"} for one in instances]
    assert alike[0] == alike[1]
    assert alike[0]["publiclyAccessible"] is False


def test_whatever_holds_data_cannot_be_deleted_by_mistake(model: Model) -> None:
    kept = {
        "aws:s3/bucket:Bucket",
        "aws:rds/cluster:Cluster",
        "aws:rds/clusterInstance:ClusterInstance",
        "aws:kms/key:Key",
        "aws:kms/replicaKey:ReplicaKey",
    }
    assert {resource.type for resource in model if resource.protect} == kept
    assert all(resource.protect for resource in model if resource.type in kept)
    assert only(model, "aws:rds/cluster:Cluster").inputs["deletionProtection"] is True


def test_keys_rotate_and_open_for_no_stranger(model: Model) -> None:
    account = place_of(model).account
    for key in model.of_type("aws:kms/key:Key"):
        assert key.inputs["enableKeyRotation"] is True
        assert key.inputs["deletionWindowInDays"] >= 14
        administration, *uses = statements(key.inputs["policy"])
        assert administration["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
        for use in uses:
            assert use["Principal"]["Service"].endswith(".amazonaws.com")
            assert use["Condition"]


def test_secrets_are_kept_under_a_replica_of_the_key_that_all_regions_share(model: Model) -> None:
    replica = only(model, "aws:kms/replicaKey:ReplicaKey")
    primary = key_named(model_of(WORLDWIDE), "alias/cloud-sales-global-secrets")
    assert primary.inputs["multiRegion"] is True
    assert replica.inputs["primaryKeyArn"] == primary.outputs["arn"]
    assert primary.outputs["arn"].split(":")[3] != replica.outputs["arn"].split(":")[3]
    assert replica.inputs["deletionWindowInDays"] >= 14
    account = place_of(model).account
    (administration,) = statements(replica.inputs["policy"])
    assert administration["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
