"""What exists once: on which every region stands, and which stands on none."""

import json
from fnmatch import fnmatchcase

import pytest

from local.host import Model, Resource
from local.host.capture import ROOT
from local.host.stack_config import read_project, upstream_of
from services.registry import SERVICES, Role
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only, place_of

REFERENCE = "pulumi:pulumi:StackReference"


@pytest.fixture
def shared() -> Model:
    return model_of(WORLDWIDE)


@pytest.fixture(params=STACKS)
def region(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def named(model: Model, name: str) -> Resource:
    (record,) = (one for one in model.of_type("aws:route53/record:Record") if one.name == name)
    return record


def test_references_lead_from_the_regions_to_what_they_share_and_nowhere_else(shared: Model) -> None:
    read = {stack: [one.id for one in model_of(stack).of_type(REFERENCE)] for stack in STACKS}
    assert read == {stack: ["local/cloud-sales/global"] for stack in STACKS}
    assert shared.of_type(REFERENCE) == ()
    project = read_project(ROOT)
    assert upstream_of(project, WORLDWIDE) == ()
    assert {stack: upstream_of(project, stack) for stack in STACKS} == dict.fromkeys(STACKS, (WORLDWIDE,))


def test_every_region_is_given_its_own_part(shared: Model) -> None:
    assert list(shared.outputs["regions"]) == STACKS
    for stack in STACKS:
        own = shared.outputs["regions"][stack]
        aws_region = place_of(model_of(stack)).region
        assert own["certificateArn"].split(":")[3] == aws_region
        assert f".{aws_region}." in own["repository"]
    assert shared.outputs["nameServers"]


def test_what_exists_once_lies_where_no_region_does(shared: Model) -> None:
    (home,) = {key.outputs["arn"].split(":")[3] for key in shared.of_type("aws:kms/key:Key")}
    assert home not in {place_of(model_of(stack)).region for stack in STACKS}


def test_what_exists_once_is_protected(shared: Model) -> None:
    kept = {
        "aws:cognito/userPool:UserPool",
        "aws:dynamodb/table:Table",
        "aws:kms/key:Key",
        "aws:kms/replicaKey:ReplicaKey",
        "aws:rds/globalCluster:GlobalCluster",
        "aws:route53/zone:Zone",
        "aws:secretsmanager/secret:Secret",
    }
    assert {resource.type for resource in shared if resource.protect} == kept


def test_the_global_database_names_nothing_for_which_the_provider_would_replace_it(shared: Model) -> None:
    database = only(shared, "aws:rds/globalCluster:GlobalCluster").inputs
    assert not {"databaseName", "sourceDbClusterIdentifier", "forceDestroy"} & database.keys()
    assert database["storageEncrypted"] is database["deletionProtection"] is True


def test_every_two_regions_reach_each_other(shared: Model) -> None:
    prefix = "aws:ec2transitgateway"
    gateways = {one.inputs["region"]: one for one in shared.of_type(f"{prefix}/transitGateway:TransitGateway")}
    peerings = shared.of_type(f"{prefix}/peeringAttachment:PeeringAttachment")
    routes = [one.inputs for one in shared.of_type(f"{prefix}/route:Route")]
    accepted = {
        one.inputs["transitGatewayAttachmentId"]: one.inputs["region"]
        for one in shared.of_type(f"{prefix}/peeringAttachmentAccepter:PeeringAttachmentAccepter")
    }
    assert len(gateways) == len(STACKS)
    assert len(peerings) == len(STACKS) * (len(STACKS) - 1) // 2
    for peering in peerings:
        assert accepted[str(peering.id)] == peering.inputs["peerRegion"] != peering.inputs["region"]
    cidrs = {stack: only(model_of(stack), "aws:ec2/vpc:Vpc").inputs["cidrBlock"] for stack in STACKS}
    for region, gateway in gateways.items():
        table = gateway.outputs["associationDefaultRouteTableId"]
        told = {one["destinationCidrBlock"] for one in routes if one["transitGatewayRouteTableId"] == table}
        own = {cidrs[stack] for stack in STACKS if place_of(model_of(stack)).region == region}
        assert told == set(cidrs.values()) - own


def test_images_are_pushed_once_and_found_in_every_region_as_they_were_pushed(shared: Model) -> None:
    repositories = [one.inputs for one in shared.of_type("aws:ecr/repository:Repository")]
    assert len(repositories) == len(STACKS) + 1
    for repository in repositories:
        assert repository["imageTagMutability"] == "IMMUTABLE"
        assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
        assert repository["encryptionConfigurations"] == [{"encryptionType": "KMS"}]
    (rule,) = only(shared, "aws:ecr/replicationConfiguration:ReplicationConfiguration").inputs[
        "replicationConfiguration"
    ]["rules"]
    pulled = {one["region"] for one in rule["destinations"]}
    home = {one["region"] for one in repositories} - pulled
    assert len(home) == 1
    for policy in shared.of_type("aws:ecr/lifecyclePolicy:LifecyclePolicy"):
        (keep,) = json.loads(policy.inputs["policy"])["rules"]
        assert keep["selection"]["countNumber"] == 100


def test_somebody_is_told_before_a_month_has_cost_more_than_was_thought(shared: Model) -> None:
    budget = only(shared, "aws:budgets/budget:Budget").inputs
    assert (budget["budgetType"], budget["timeUnit"], budget["limitUnit"]) == ("COST", "MONTHLY", "USD")
    assert "costFilters" not in budget
    assert {(one["notificationType"], one["threshold"]) for one in budget["notifications"]} == {
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    }
    assert all(one["subscriberEmailAddresses"] for one in budget["notifications"])


def test_one_record_proves_the_name_for_the_certificates_of_all_regions(shared: Model) -> None:
    (proof,) = shared.of_type("aws:route53/record:Record")
    certificates = shared.of_type("aws:acm/certificate:Certificate")
    assert {one.inputs["domainName"] for one in certificates} == {shared.outputs["apiDomain"]}
    validated = shared.of_type("aws:acm/certificateValidation:CertificateValidation")
    assert {one.inputs["certificateArn"] for one in validated} == {one.outputs["arn"] for one in certificates}
    assert all(one.inputs["validationRecordFqdns"] == [proof.outputs["fqdn"]] for one in validated)


def test_the_shared_name_is_drawn_by_weight_and_health_and_the_weight_is_not_the_programs(region: Model) -> None:
    shared_name = model_of(WORLDWIDE).outputs["apiDomain"]
    (drawn,) = (one for one in region.of_type("aws:route53/record:Record") if "setIdentifier" in one.inputs)
    plain = named(region, f"cloud-sales-{region.stack}-api-own")
    check = only(region, "aws:route53/healthCheck:HealthCheck")
    assert drawn.inputs["name"] == shared_name
    assert drawn.inputs["setIdentifier"] == region.stack
    assert drawn.inputs["ttl"] <= 60
    assert drawn.inputs["healthCheckId"] == check.id
    assert drawn.inputs["weightedRoutingPolicies"][0]["weight"] > 0
    assert drawn.ignore_changes == ("weightedRoutingPolicies",)
    # Asked under the shared name, the check would be answered by whichever region is up.
    assert check.inputs["fqdn"] == plain.inputs["name"] == f"{region.stack}.{shared_name}"
    assert check.inputs["type"] == "HTTPS"


def test_mail_is_proven_to_be_ours_and_comes_back_to_us(region: Model) -> None:
    identity = only(region, "aws:sesv2/emailIdentity:EmailIdentity")
    domain, records = identity.inputs["emailIdentity"], region.of_type("aws:route53/record:Record")
    assert domain.endswith(f".{only(model_of(WORLDWIDE), 'aws:route53/zone:Zone').inputs['name']}")
    keys = {one.inputs["name"]: one.inputs["records"] for one in records if "._domainkey." in one.inputs["name"]}
    tokens = identity.outputs["dkimSigningAttributes"]["tokens"]
    assert keys == {f"{token}._domainkey.{domain}": [f"{token}.dkim.amazonses.com"] for token in tokens}
    (policy,) = named(region, f"cloud-sales-{region.stack}-mail-policy").inputs["records"]
    assert "p=reject" in policy
    inbound = named(region, f"cloud-sales-{region.stack}-mail-inbound").inputs
    assert (inbound["name"], inbound["type"]) == (domain, "MX")
    assert inbound["records"] == [f"10 inbound-smtp.{identity.outputs['arn'].split(':')[3]}.amazonaws.com"]


def test_the_health_of_a_region_is_asked_where_nobody_needs_a_token(region: Model) -> None:
    public = {
        one.inputs["routeKey"]
        for one in region.of_type("aws:apigatewayv2/route:Route")
        if one.inputs["authorizationType"] == "NONE"
    }
    assert f"GET {only(region, 'aws:route53/healthCheck:HealthCheck').inputs['resourcePath']}" in public


def test_both_names_lead_to_the_api_and_its_own_does_not(region: Model) -> None:
    api = only(region, "aws:apigatewayv2/api:Api")
    names = {one.inputs["domainName"]: one.inputs for one in region.of_type("aws:apigatewayv2/domainName:DomainName")}
    mapped = {
        one.inputs["domainName"]: one.inputs["apiId"]
        for one in region.of_type("aws:apigatewayv2/apiMapping:ApiMapping")
    }
    shared_name = model_of(WORLDWIDE).outputs["apiDomain"]
    assert mapped == dict.fromkeys([shared_name, f"{region.stack}.{shared_name}"], api.id)
    assert api.inputs["disableExecuteApiEndpoint"] is True
    assert {one["domainNameConfiguration"]["securityPolicy"] for one in names.values()} == {"TLS_1_2"}
    assert region.outputs["apiUrl"] == f"https://{shared_name}"


def test_every_web_service_has_a_group_of_pods_and_rules_that_lead_there(region: Model) -> None:
    groups = {one.outputs["arn"]: one.inputs for one in region.of_type("aws:lb/targetGroup:TargetGroup")}
    web = {service.name for service in SERVICES if service.role is Role.WEB}
    assert {group["name"] for group in groups.values()} == {f"{region.stack}-{name}" for name in web}
    assert all(len(group["name"]) <= 32 for group in groups.values())
    rules = [one.inputs for one in region.of_type("aws:lb/listenerRule:ListenerRule")]
    assert sorted(rule["priority"] for rule in rules) == list(range(1, len(rules) + 1))
    led: dict[str, str] = {}
    for rule in rules:
        ((condition,), (action,)) = rule["conditions"], rule["actions"]
        patterns = condition["pathPattern"]["values"]
        assert len(patterns) <= 5
        led |= dict.fromkeys(patterns, groups[action["targetGroupArn"]]["name"])
    for service in SERVICES:
        for route in service.routes:
            path = route.path.replace("{", "").replace("}", "")
            fits = {name for pattern, name in led.items() if fnmatchcase(path, pattern)}
            assert fits == {f"{region.stack}-{service.name}"}, route.path


def test_the_way_in_is_encrypted_up_to_the_balancer_and_open_to_the_link_alone(region: Model) -> None:
    listener = only(region, "aws:lb/listener:Listener").inputs
    balancer = only(region, "aws:lb/loadBalancer:LoadBalancer").inputs
    integration = only(region, "aws:apigatewayv2/integration:Integration").inputs
    link = only(region, "aws:apigatewayv2/vpcLink:VpcLink")
    assert (listener["protocol"], listener["port"]) == ("HTTPS", 443)
    assert "TLS13" in listener["sslPolicy"]
    assert integration["tlsConfig"] == {"serverNameToVerify": model_of(WORLDWIDE).outputs["apiDomain"]}
    assert integration["connectionId"] == link.id
    assert balancer["internal"] is True
    (group,) = balancer["securityGroups"]
    (rule,) = (
        one.inputs
        for one in region.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        if one.inputs["securityGroupId"] == group
    )
    assert [rule["referencedSecurityGroupId"]] == link.inputs["securityGroupIds"]
