"""Where a region is: a network with one way out, and a cluster that nobody outside calls."""

import json
from ipaddress import ip_network

import pytest

from local.host import Model, Resource
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only, place_of, statements

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def subnets(model: Model, kind: str) -> list[Resource]:
    return [one for one in model.of_type("aws:ec2/subnet:Subnet") if f"-{kind}-" in one.name]


def table_of(model: Model, subnet: Resource) -> str:
    (association,) = (
        one.inputs
        for one in model.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
        if one.inputs["subnetId"] == subnet.id
    )
    return str(association["routeTableId"])


def ways(model: Model, subnet: Resource) -> dict[str, dict[str, str]]:
    """Where a subnet's packets go, by their destination."""
    table = table_of(model, subnet)
    routes = [one.inputs for one in model.of_type("aws:ec2/route:Route") if one.inputs["routeTableId"] == table]
    return {route["destinationCidrBlock"]: route for route in routes}


@pytest.mark.parametrize("kind", ["private", "intra"])
def test_each_kind_of_subnet_stands_in_three_zones(model: Model, kind: str) -> None:
    found = subnets(model, kind)
    assert len({one.inputs["availabilityZone"] for one in found}) == len(found) == 3
    assert not any(one.inputs["mapPublicIpOnLaunch"] for one in found)


def test_subnets_lie_in_the_network_and_apart_from_each_other(model: Model) -> None:
    whole = ip_network(only(model, "aws:ec2/vpc:Vpc").inputs["cidrBlock"])
    blocks = [ip_network(one.inputs["cidrBlock"]) for one in model.of_type("aws:ec2/subnet:Subnet")]
    assert all(block.subnet_of(whole) for block in blocks)  # type: ignore[arg-type]
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)


def test_no_two_networks_overlap() -> None:
    blocks = [ip_network(only(model_of(stack), "aws:ec2/vpc:Vpc").inputs["cidrBlock"]) for stack in STACKS]
    assert not any(one.overlaps(other) for one in blocks for other in blocks if one is not other)


def test_pods_leave_by_the_one_gateway_and_databases_do_not_leave(model: Model) -> None:
    nat = only(model, "aws:ec2/natGateway:NatGateway")
    supernet = model_of(WORLDWIDE).outputs["supernet"]
    assert nat.inputs["availabilityMode"] == "regional"
    for subnet in subnets(model, "private"):
        assert ways(model, subnet).keys() == {"0.0.0.0/0", supernet}
        assert ways(model, subnet)["0.0.0.0/0"]["natGatewayId"] == nat.id
    for subnet in subnets(model, "intra"):
        assert ways(model, subnet).keys() == {supernet}


def test_the_other_regions_are_reached_by_the_gateway_that_the_network_is_attached_to(model: Model) -> None:
    attachment = only(model, "aws:ec2transitgateway/vpcAttachment:VpcAttachment")
    given = model_of(WORLDWIDE).outputs["regions"][model.stack]["transitGatewayId"]
    assert attachment.inputs["transitGatewayId"] == given
    assert set(attachment.inputs["subnetIds"]) == {one.id for one in subnets(model, "intra")}
    for route in model.of_type("aws:ec2/route:Route"):
        if "transitGatewayId" in route.inputs:
            assert route.inputs["transitGatewayId"] == given
            assert attachment.urn in route.dependencies


def test_nodes_and_orders_need_no_internet_for_aws(model: Model) -> None:
    endpoints = [one.inputs for one in model.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")]
    region = place_of(model).region
    by_route = [one for one in endpoints if one["vpcEndpointType"] == "Gateway"]
    by_address = [one for one in endpoints if one["vpcEndpointType"] == "Interface"]
    assert [one["serviceName"] for one in by_route] == [f"com.amazonaws.{region}.s3"]
    assert set(by_route[0]["routeTableIds"]) == {table_of(model, one) for one in model.of_type("aws:ec2/subnet:Subnet")}
    needed = {"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "kms", "logs", "sqs", "sts"}
    assert {one["serviceName"] for one in by_address} == {f"com.amazonaws.{region}.{service}" for service in needed}
    assert all(one["privateDnsEnabled"] and len(one["subnetIds"]) == 3 for one in by_address)


def test_the_group_that_nobody_chose_lets_nothing_through(model: Model) -> None:
    group = only(model, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert group["ingress"] == group["egress"] == []


def test_nothing_is_open_to_everywhere_and_no_group_has_rules_within(model: Model) -> None:
    rules = [one.inputs for one in (*model.of_type(INGRESS), *model.of_type(EGRESS))]
    assert rules
    for rule in rules:
        assert rule.get("cidrIpv4") not in {"0.0.0.0/0", "::/0"}
        assert ("cidrIpv4" in rule) != ("referencedSecurityGroupId" in rule)
    for group in model.of_type("aws:ec2/securityGroup:SecurityGroup"):
        assert not {"ingress", "egress"} & group.inputs.keys()


def test_every_connection_is_logged_by_a_role_that_may_do_nothing_else(model: Model) -> None:
    flows = only(model, "aws:ec2/flowLog:FlowLog").inputs
    assert flows["trafficType"] == "ALL"
    assert flows["vpcId"] == only(model, "aws:ec2/vpc:Vpc").id
    (role,) = (one for one in model.of_type("aws:iam/role:Role") if one.outputs["arn"] == flows["iamRoleArn"])
    (trust,) = statements(role.inputs["assumeRolePolicy"])
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"]
    (policy,) = (one for one in model.of_type("aws:iam/rolePolicy:RolePolicy") if one.inputs["role"] == role.id)
    (write,) = statements(policy.inputs["policy"])
    assert all(arn.startswith(flows["logDestination"]) for arn in write["Resource"])


def test_the_cluster_is_called_from_inside_alone_and_by_named_roles(model: Model) -> None:
    cluster = only(model, "aws:eks/cluster:Cluster")
    network = cluster.inputs["vpcConfig"]
    assert (network["endpointPrivateAccess"], network["endpointPublicAccess"]) == (True, False)
    assert set(network["subnetIds"]) == {one.id for one in subnets(model, "private")}
    assert cluster.inputs["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    group = cluster.outputs["vpcConfig"]["clusterSecurityGroupId"]
    let_in = [one.inputs for one in model.of_type(INGRESS) if one.inputs["securityGroupId"] == group]
    by_address = {(one["cidrIpv4"], one["fromPort"]) for one in let_in if "cidrIpv4" in one}
    assert by_address == {(model_of(WORLDWIDE).outputs["operations"], 443)}
    entries = {one.inputs["principalArn"] for one in model.of_type("aws:eks/accessEntry:AccessEntry")}
    associated = model.of_type("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
    assert {one.inputs["principalArn"] for one in associated} == entries
    assert entries


def test_the_cluster_runs_itself_and_keeps_its_secrets_and_logs_under_its_own_key(model: Model) -> None:
    cluster = only(model, "aws:eks/cluster:Cluster")
    inputs = cluster.inputs
    # EKS takes these three together or not at all.
    assert inputs["computeConfig"]["enabled"] is True
    assert inputs["kubernetesNetworkConfig"]["elasticLoadBalancing"]["enabled"] is True
    assert inputs["storageConfig"]["blockStorage"]["enabled"] is True
    assert inputs["bootstrapSelfManagedAddons"] is False
    assert set(inputs["enabledClusterLogTypes"]) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    (group,) = (
        one
        for one in model.of_type("aws:cloudwatch/logGroup:LogGroup")
        if one.inputs["name"] == f"/aws/eks/{cluster.id}/cluster"
    )
    assert group.urn in cluster.dependencies
    assert inputs["encryptionConfig"]["resources"] == ["secrets"]
    assert inputs["encryptionConfig"]["provider"]["keyArn"] == group.inputs["kmsKeyId"]


def test_roles_of_the_cluster_have_their_rights_before_it_needs_them(model: Model) -> None:
    cluster = only(model, "aws:eks/cluster:Cluster")
    attached = model.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert {one.urn for one in attached} <= set(cluster.dependencies)
    assert all(one.inputs["policyArn"].startswith("arn:aws:iam::aws:policy/Amazon") for one in attached)
    for role in model.of_type("aws:iam/role:Role"):
        (trust,) = statements(role.inputs["assumeRolePolicy"])
        assert len(trust["Principal"]) == 1


def test_a_deployment_reaches_the_cluster_without_a_secret(model: Model) -> None:
    kubeconfig = json.loads(only(model, "pulumi:providers:kubernetes").inputs["kubeconfig"])
    (user,) = kubeconfig["users"]
    assert user["user"].keys() == {"exec"}
    assert user["user"]["exec"]["args"][-1] == only(model, "aws:eks/cluster:Cluster").id


def test_the_control_plane_acts_for_this_cluster_alone(model: Model) -> None:
    cluster = only(model, "aws:eks/cluster:Cluster")
    (role,) = (one for one in model.of_type("aws:iam/role:Role") if one.outputs["arn"] == cluster.inputs["roleArn"])
    (trust,) = statements(role.inputs["assumeRolePolicy"])
    assert trust["Principal"] == {"Service": "eks.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": place_of(model).account},
        "ArnLike": {"aws:SourceArn": cluster.outputs["arn"]},
    }
