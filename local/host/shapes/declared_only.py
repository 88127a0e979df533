"""Types that one machine has no use for: it has no network, cluster, balancer, registry, and no other region."""

from collections.abc import Mapping

from local.host.shapes.shape import Shape

DECLARED_ONLY: Mapping[str, Shape] = {
    # Certificates and names of the API, which here is found at a port.
    "aws:acm/certificate:Certificate": Shape(
        "arn:aws:acm:{region}:{account}:certificate/{uuid}",
        {
            "arn": "arn:aws:acm:{region}:{account}:certificate/{uuid}",
            "domainValidationOptions": [
                {
                    "domainName": "{domainName}",
                    "resourceRecordName": "_{account}.{domainName}.",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": "_{account}.acm-validations.aws.",
                }
            ],
        },
    ),
    "aws:acm/certificateValidation:CertificateValidation": Shape("{certificateArn}"),
    "aws:apigatewayv2/apiMapping:ApiMapping": Shape("{hash:.6}"),
    "aws:apigatewayv2/domainName:DomainName": Shape(
        "{domainName}",
        {
            "arn": "arn:aws:apigateway:{region}::/domainnames/{domainName}",
            "domainNameConfiguration": {"targetDomainName": "d-{hash:.10}.execute-api.{region}.amazonaws.com"},
        },
    ),
    # The way from the API to the pods, which here is the edge proxy's.
    "aws:apigatewayv2/vpcLink:VpcLink": Shape("{hash:.6}"),
    "aws:lb/listener:Listener": Shape("{loadBalancerArn}/{hash:.16}", {"arn": "{loadBalancerArn}/{hash:.16}"}),
    "aws:lb/listenerRule:ListenerRule": Shape("{listenerArn}/{hash:.16}", {"arn": "{listenerArn}/{hash:.16}"}),
    "aws:lb/loadBalancer:LoadBalancer": Shape(
        "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hash:.16}",
        {
            "arn": "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hash:.16}",
            "dnsName": "internal-{name}-{hash:.10}.{region}.elb.amazonaws.com",
        },
    ),
    "aws:lb/targetGroup:TargetGroup": Shape(
        "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hash:.16}",
        {"arn": "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hash:.16}"},
    ),
    # What it costs, which here is nothing.
    "aws:budgets/budget:Budget": Shape("{account}:{name}", {"arn": "arn:aws:budgets::{account}:budget/{name}"}),
    # The network.
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Shape("sg-{hash:.17}"),
    "aws:ec2/flowLog:FlowLog": Shape("fl-{hash:.17}"),
    "aws:ec2/internetGateway:InternetGateway": Shape("igw-{hash:.17}"),
    "aws:ec2/natGateway:NatGateway": Shape("nat-{hash:.17}"),
    "aws:ec2/route:Route": Shape("r-{hash:.17}"),
    "aws:ec2/routeTable:RouteTable": Shape("rtb-{hash:.17}"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Shape("rtbassoc-{hash:.17}"),
    "aws:ec2/securityGroup:SecurityGroup": Shape("sg-{hash:.17}"),
    "aws:ec2/subnet:Subnet": Shape("subnet-{hash:.17}"),
    "aws:ec2/vpc:Vpc": Shape("vpc-{hash:.17}"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Shape("vpce-{hash:.17}"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Shape("sgr-{hash:.17}"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Shape("sgr-{hash:.17}"),
    # What joins it to the networks of other regions.
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": Shape("tgw-attach-{hash:.17}"),
    "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": Shape("{transitGatewayAttachmentId}"),
    "aws:ec2transitgateway/route:Route": Shape("{transitGatewayRouteTableId}_{destinationCidrBlock}"),
    "aws:ec2transitgateway/transitGateway:TransitGateway": Shape(
        "tgw-{hash:.17}", {"associationDefaultRouteTableId": "tgw-rtb-{hash:.17}"}
    ),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": Shape("tgw-attach-{hash:.17}"),
    # Images, which here are the working tree.
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Shape("{repository}"),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": Shape("{account}"),
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": Shape("{account}"),
    "aws:ecr/repository:Repository": Shape(
        "{name}",
        {
            "arn": "arn:aws:ecr:{region}:{account}:repository/{name}",
            "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
        },
    ),
    # The cluster, whose pods here are processes.
    "aws:eks/accessEntry:AccessEntry": Shape("{clusterName}:{principalArn}"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Shape("{clusterName}#{principalArn}#{policyArn}"),
    "aws:eks/addon:Addon": Shape("{clusterName}:{addonName}"),
    "aws:eks/cluster:Cluster": Shape(
        "{name}",
        {
            "arn": "arn:aws:eks:{region}:{account}:cluster/{name}",
            "endpoint": "https://{hash}.gr7.{region}.eks.amazonaws.com",
            "certificateAuthority": {"data": "{hash}"},
            "vpcConfig": {"clusterSecurityGroupId": "sg-{hash:.17}"},
        },
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Shape("{role}-{hash:.8}"),
    # Where the database lies in the network.
    "aws:rds/subnetGroup:SubnetGroup": Shape("{name}", {"arn": "arn:aws:rds:{region}:{account}:subgrp:{name}"}),
}
