"""The way from the API into the network: a link, a balancer that nobody outside reaches, a group for each service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.security_group import Rule, SecurityGroup, SecurityGroupArgs, admit
from infra.tags import Tags

_HTTPS = 443

# TLS 1.3, and 1.2 with forward secrecy.
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"

# How long a pod that leaves may finish what it has.
_DRAIN_SECONDS = 30

# A rule takes so many patterns; a path is one for itself and one for what lies below it.
_PATTERNS_IN_A_RULE = 5


@dataclass(frozen=True)
class BalancerArgs:
    """What a balancer needs to be told.

    Attributes:
        certificate_arn: of the name under which the API calls.
        cluster: the Kubernetes cluster that puts its pods into the groups.
        cluster_group_id: the security group of its pods.
        port: on which every pod listens.
        health_path: where a pod says whether it is ready.
        paths: for each service the paths that lead to it, and to what lies below them.
    """

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    certificate_arn: pulumi.Input[str]
    cluster: pulumi.Input[str]
    cluster_group_id: pulumi.Input[str]
    port: int
    health_path: str
    paths: Mapping[str, Sequence[str]]
    tags: Tags

    def __post_init__(self) -> None:
        claims = [(path, service) for service, paths in self.paths.items() for path in paths]
        # Without such, no request fits the rules of two services, and their order does not matter.
        disputed = sorted(
            {path for path, service in claims for above, other in claims if service != other and _covers(above, path)}
        )
        strange = [path for path, _ in claims if unlike(path, r"/[a-z0-9./-]*", "")]
        refuse_faults(
            "Balancer",
            subnet_ids=None if len(self.subnet_ids) >= 3 else "must be one in each of three zones",
            port=outside(self.port, 1024, 65_535, "as ports of pods go"),
            health_path=unlike(self.health_path, r"/\S*", "a path"),
            paths=f"must lead to one service each: {', '.join(disputed)}"
            if disputed
            else f"must be plain: {', '.join(strange)}"
            if strange
            else None,
        )


class Balancer(pulumi.ComponentResource):
    """An internal load balancer behind a VPC link; what no service claims is not found."""

    link_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    target_group_arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Balancer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        link, inside = self._groups(name, args)
        self.link_id = aws.apigatewayv2.VpcLink(
            name,
            name=name,
            subnet_ids=list(args.subnet_ids),
            security_group_ids=[link.id],
            tags=args.tags.as_tags(),
            opts=child,
        ).id
        balancer = aws.lb.LoadBalancer(
            name,
            name=name,
            internal=True,
            load_balancer_type="application",
            subnets=list(args.subnet_ids),
            security_groups=[inside.id],
            drop_invalid_header_fields=True,
            # Longer than the API waits, so that the API is never the one to find a closed connection.
            idle_timeout=60,
            tags=args.tags.as_tags(),
            opts=child,
        )
        listener = aws.lb.Listener(
            name,
            load_balancer_arn=balancer.arn,
            port=_HTTPS,
            protocol="HTTPS",
            ssl_policy=_TLS_POLICY,
            certificate_arn=args.certificate_arn,
            default_actions=[
                {
                    "type": "fixed-response",
                    "fixed_response": {"content_type": "text/plain", "status_code": "404", "message_body": "not here"},
                }
            ],
            tags=args.tags.as_tags(),
            opts=child,
        )
        self.listener_arn = listener.arn
        self.target_group_arns = self._route(name, args, listener)
        self.register_outputs({"linkId": self.link_id, "listenerArn": self.listener_arn})

    def _groups(self, name: str, args: BalancerArgs) -> tuple[SecurityGroup, SecurityGroup]:
        """The link reaches the balancer, the balancer the pods, and neither anything else."""
        child = pulumi.ResourceOptions(parent=self)
        link = SecurityGroup(f"{name}-link", SecurityGroupArgs("The link of the API", args.vpc_id, args.tags), child)
        inside = SecurityGroup(
            name,
            SecurityGroupArgs(
                "The balancer behind the API",
                args.vpc_id,
                args.tags,
                ingress=[Rule("from-link", _HTTPS, group_id=link.id)],
                egress=[Rule("to-pods", args.port, group_id=args.cluster_group_id)],
            ),
            child,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-link-to-balancer",
            security_group_id=link.id,
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            referenced_security_group_id=inside.id,
            tags=args.tags.as_tags(),
            opts=child,
        )
        rule = Rule("from-balancer", args.port, group_id=inside.id)
        admit(self, f"{name}-to-pods", args.cluster_group_id, rule, args.tags)
        return link, inside

    def _route(self, name: str, args: BalancerArgs, listener: aws.lb.Listener) -> dict[str, pulumi.Output[str]]:
        """A group for each service, and the rules that lead there."""
        groups = {service: self._group(name, args, service) for service in args.paths}
        rules = [(service, patterns) for service, paths in args.paths.items() for patterns in _rules(paths)]
        for priority, (service, patterns) in enumerate(rules, start=1):
            aws.lb.ListenerRule(
                f"{name}-{priority}",
                listener_arn=listener.arn,
                priority=priority,
                conditions=[{"path_pattern": {"values": patterns}}],
                actions=[{"type": "forward", "target_group_arn": groups[service].arn}],
                tags=args.tags.as_tags(),
                opts=pulumi.ResourceOptions(parent=self),
            )
        return {service: group.arn for service, group in groups.items()}

    def _group(self, name: str, args: BalancerArgs, service: str) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            f"{name}-{service}",
            name=f"{args.tags.region}-{service}",
            vpc_id=args.vpc_id,
            target_type="ip",
            port=args.port,
            protocol="HTTP",
            deregistration_delay=_DRAIN_SECONDS,
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check={
                "path": args.health_path,
                "interval": 5,
                "timeout": 2,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            # Auto Mode puts pods only into groups that say they are its cluster's.
            tags=pulumi.Output.from_input(args.cluster).apply(
                lambda cluster: {**args.tags.as_tags(), "eks:eks-cluster-name": cluster}
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _covers(above: str, path: str) -> bool:
    return path == above or (above != "/" and path.startswith(f"{above}/"))


def _rules(paths: Sequence[str]) -> list[list[str]]:
    """The patterns of a service, as many in each rule as it takes; `/` leads to itself alone."""
    highest = [path for path in sorted(paths) if not any(path != other and _covers(other, path) for other in paths)]
    patterns = [pattern for path in highest for pattern in ([path] if path == "/" else [path, f"{path}/*"])]
    starts = range(0, len(patterns), _PATTERNS_IN_A_RULE)
    return [patterns[start : start + _PATTERNS_IN_A_RULE] for start in starts]
