"""Where resources are built: an account and a region, and the ARNs that follow from the two."""

from dataclasses import dataclass

from infra.checks import refuse_faults, unlike


@dataclass(frozen=True)
class Placement:
    """An AWS account and one of its regions."""

    account: str
    region: str

    def __post_init__(self) -> None:
        refuse_faults(
            "Placement",
            account=unlike(self.account, r"\d{12}", "a 12-digit account number"),
            region=unlike(self.region, r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region such as eu-west-1"),
        )

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    @property
    def root(self) -> str:
        """The principal that stands for the whole account, to which IAM policies then give rights."""
        return f"arn:aws:iam::{self.account}:root"
