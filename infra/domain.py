"""The names under which a region's API answers: the one that all regions share, and one of its own."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.tags import Tags

_TTL_SECONDS = 60


@dataclass(frozen=True)
class DomainArgs:
    """What a region's names need to be told.

    Attributes:
        domain: the name that all regions share.
        set_identifier: what tells this region's record of it from the others', and its own name below it.
        weight: the share of requests that it starts with; it belongs to others from then on.
        health_path: what is asked, from all over the world, to find whether the region answers.
        certificate_arn: for the shared name and what lies below it.
        api_id: the API, and the stage of it, that answers.
    """

    domain: pulumi.Input[str]
    set_identifier: str
    weight: int
    health_path: str
    zone_id: pulumi.Input[str]
    certificate_arn: pulumi.Input[str]
    api_id: pulumi.Input[str]
    stage: pulumi.Input[str]
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults(
            "Domain",
            set_identifier=unlike(self.set_identifier, r"[a-z][a-z0-9]*", "a short name in lower case"),
            # Fail-over is by health alone, without a call to AWS: so a region must never be out of the draw.
            weight=outside(self.weight, 1, 255, "of 255"),
            health_path=unlike(self.health_path, r"/\S*", "a path"),
        )


class Domain(pulumi.ComponentResource):
    """Two names for one API, and a health check by which the shared one leaves out a region that is gone.

    The check goes by the region's own name: by the shared one it would ask whichever region answers.
    """

    url: pulumi.Output[str]
    own_url: pulumi.Output[str]
    health_check_id: pulumi.Output[str]

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Domain", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        own = pulumi.Output.concat(args.set_identifier, ".", args.domain)
        shared_target = self._answer_as(name, args.domain, args)
        own_target = self._answer_as(f"{name}-own", own, args)
        aws.route53.Record(
            f"{name}-own", zone_id=args.zone_id, name=own, type="CNAME", records=[own_target], ttl=300, opts=child
        )
        health = aws.route53.HealthCheck(
            name,
            type="HTTPS",
            fqdn=own,
            port=443,
            resource_path=args.health_path,
            enable_sni=True,
            request_interval=10,
            failure_threshold=3,
            measure_latency=True,
            tags=args.tags.as_tags(),
            opts=child,
        )
        aws.route53.Record(
            name,
            zone_id=args.zone_id,
            name=args.domain,
            type="CNAME",
            records=[shared_target],
            ttl=_TTL_SECONDS,
            set_identifier=args.set_identifier,
            weighted_routing_policies=[{"weight": args.weight}],
            health_check_id=health.id,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["weighted_routing_policies"]),
        )
        self.health_check_id = health.id
        self.url = pulumi.Output.concat("https://", args.domain)
        self.own_url = pulumi.Output.concat("https://", own)
        self.register_outputs({"url": self.url, "ownUrl": self.own_url})

    def _answer_as(self, name: str, domain: pulumi.Input[str], args: DomainArgs) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        answering = aws.apigatewayv2.DomainName(
            name,
            domain_name=domain,
            domain_name_configuration={
                "certificate_arn": args.certificate_arn,
                "endpoint_type": "REGIONAL",
                "security_policy": "TLS_1_2",
            },
            tags=args.tags.as_tags(),
            opts=child,
        )
        aws.apigatewayv2.ApiMapping(
            name, api_id=args.api_id, domain_name=answering.domain_name, stage=args.stage, opts=child
        )
        return answering.domain_name_configuration.apply(lambda known: str(known.target_domain_name))
