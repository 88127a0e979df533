"""What the account may cost in a month, and who is told when it is going to be more."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.tags import Tags

_INCURRED, _FORECAST = "ACTUAL", "FORECASTED"

# Of the limit: early enough to look, and too late for this month.
_PERCENT = ((_INCURRED, 80), (_INCURRED, 100), (_FORECAST, 100))


@dataclass(frozen=True)
class BudgetArgs:
    """What a budget needs to be told; `told` are the addresses of those who get a mail, ten at most."""

    monthly_usd: int
    told: Sequence[str]
    tags: Tags

    def __post_init__(self) -> None:
        strange = [address for address in self.told if unlike(address, r"[^@\s]+@[^@\s]+\.[a-z]+", "")]
        refuse_faults(
            "Budget",
            monthly_usd=outside(self.monthly_usd, 1, 1_000_000, "US dollars"),
            told=None if 1 <= len(self.told) <= 10 and not strange else "must be one to ten e-mail addresses",
        )


class Budget(pulumi.ComponentResource):
    """A monthly budget for all that the account costs, in every region: nothing else of ours or of others is in it."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Budget", name, None, opts)
        aws.budgets.Budget(
            name,
            name=name,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_usd),
            limit_unit="USD",
            notifications=[
                {
                    "notification_type": kind,
                    "comparison_operator": "GREATER_THAN",
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_email_addresses": list(args.told),
                }
                for kind, percent in _PERCENT
            ],
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
