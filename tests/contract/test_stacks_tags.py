"""Every resource says whose it is and what it holds, and belongs to a component."""

import pytest

from local.host import Model
from tests.support.stacks import STACKS, WORLDWIDE, model_of

TAGS = {"owner", "service", "region", "data", "cost-centre"}

# A tag by which AWS itself tells whose something is.
OF_A_SERVICE = {"eks:eks-cluster-name"}

# The types of this program that AWS does not let one tag.
UNTAGGABLE = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:apigatewayv2/apiMapping:ApiMapping",
    "aws:apigatewayv2/authorizer:Authorizer",
    "aws:apigatewayv2/integration:Integration",
    "aws:apigatewayv2/route:Route",
    "aws:cognito/resourceServer:ResourceServer",
    "aws:cognito/userGroup:UserGroup",
    "aws:cognito/userPoolClient:UserPoolClient",
    "aws:cognito/userPoolDomain:UserPoolDomain",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2transitgateway/route:Route",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "aws:route53/record:Record",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:scheduler/schedule:Schedule",
    "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet",
    "aws:ses/receiptRule:ReceiptRule",
    "aws:ses/receiptRuleSet:ReceiptRuleSet",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
}


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def test_every_taggable_resource_says_whose_it_is_and_what_it_holds(model: Model) -> None:
    taggable = [one for one in model if one.type.startswith("aws:") and one.type not in UNTAGGABLE]
    assert len(taggable) > 30
    for resource in taggable:
        tags = resource.inputs.get("tags", {})
        assert tags.keys() - OF_A_SERVICE == TAGS, resource.urn
        assert tags["region"] == model.stack
        assert all(tags.values())


def test_only_what_cannot_be_tagged_goes_without(model: Model) -> None:
    every = (*model, *model_of(WORLDWIDE))
    assert {one.type for one in every if one.type.startswith("aws:") and "tags" not in one.inputs} == UNTAGGABLE


def test_each_component_is_a_cloudsales_component_that_registered_itself(model: Model) -> None:
    aws_resources = [one for one in model if one.type.startswith(("aws:", "kubernetes:"))]
    components = {one.urn for one in model if one.type.startswith("cloudsales:infra:")}
    assert all(resource.parent in components for resource in aws_resources)
