"""One name's certificate in every region that answers under it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.tags import Tags
from infra.zone import DOMAIN


@dataclass(frozen=True)
class CertificatesArgs:
    """What certificates need to be told: a name, the zone it is in, and the AWS regions."""

    domain: str
    zone_id: pulumi.Input[str]
    regions: Sequence[str]
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults(
            "Certificates",
            domain=unlike(self.domain, DOMAIN, "a lower-case domain name"),
            regions=None if self.regions else "must name at least one",
        )


class Certificates(pulumi.ComponentResource):
    """Certificates for the name and for every name one level below it.

    They stand together because ACM asks for the same record wherever the name is certified: made by each region for
    itself, the first region that goes would take the others' renewal with it.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Certificates", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        made = {
            region: aws.acm.Certificate(
                f"{name}-{region}",
                region=region,
                domain_name=args.domain,
                subject_alternative_names=[f"*.{args.domain}"],
                validation_method="DNS",
                options={"certificate_transparency_logging_preference": "ENABLED"},
                tags=args.tags.as_tags(),
                opts=child,
            )
            for region in args.regions
        }
        asked = next(iter(made.values())).domain_validation_options[0]
        proof = aws.route53.Record(
            name,
            zone_id=args.zone_id,
            name=asked.resource_record_name,
            type=asked.resource_record_type,
            records=[asked.resource_record_value],
            ttl=300,
            opts=child,
        )
        # Only what is validated can be given to an API; so that is what others get.
        self.arns = {
            region: aws.acm.CertificateValidation(
                f"{name}-{region}",
                region=region,
                certificate_arn=certificate.arn,
                validation_record_fqdns=[proof.fqdn],
                opts=child,
            ).certificate_arn
            for region, certificate in made.items()
        }
        self.register_outputs({"arns": self.arns})
