"""Where images are kept: pushed once, and found in every region."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.placement import Placement
from infra.tags import Tags


@dataclass(frozen=True)
class ImageRegistryArgs:
    """What a registry needs to be told.

    Attributes:
        regions: the AWS regions that pull; images are pushed in the placement's own.
        images_kept: how many; the oldest go. A rollback reaches back that far.
    """

    regions: Sequence[str]
    images_kept: int
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults(
            "ImageRegistry",
            regions=None
            if self.regions and self.placement.region not in self.regions
            else f"must be at least one, and not {self.placement.region}, where images are pushed",
            images_kept=outside(self.images_kept, 10, 1000, "images"),
        )


class ImageRegistry(pulumi.ComponentResource):
    """A repository in each region, whose tags never move and whose images are scanned when they come and ever after.

    The ones that are replicated to are declared too: ECR would make them itself, with tags that move and no scan.
    """

    push_url: pulumi.Output[str]
    pull_urls: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ImageRegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:ImageRegistry", name, None, opts)
        home = self._repository(name, args, args.placement.region)
        copies = {region: self._repository(name, args, region) for region in args.regions}
        aws.ecr.ReplicationConfiguration(
            name,
            region=args.placement.region,
            replication_configuration={
                "rules": [
                    {
                        "destinations": [
                            {"region": region, "registry_id": args.placement.account} for region in args.regions
                        ],
                        "repository_filters": [{"filter": name, "filter_type": "PREFIX_MATCH"}],
                    }
                ]
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(copies.values())),
        )
        self.push_url = home.repository_url
        self.pull_urls = {region: copy.repository_url for region, copy in copies.items()}
        self.register_outputs({"pushUrl": self.push_url, "pullUrls": self.pull_urls})

    def _repository(self, name: str, args: ImageRegistryArgs, region: str) -> aws.ecr.Repository:
        repository = aws.ecr.Repository(
            f"{name}-{region}",
            region=region,
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS"}],
            force_delete=False,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        keep = {
            "rulePriority": 1,
            "description": f"The newest {args.images_kept}",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": args.images_kept},
            "action": {"type": "expire"},
        }
        aws.ecr.LifecyclePolicy(
            f"{name}-{region}",
            region=region,
            repository=repository.name,
            policy=json.dumps({"rules": [keep]}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.ecr.RegistryScanningConfiguration(
            f"{name}-{region}",
            region=region,
            scan_type="ENHANCED",
            rules=[
                {
                    "scan_frequency": "CONTINUOUS_SCAN",
                    "repository_filters": [{"filter": name, "filter_type": "WILDCARD"}],
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return repository
