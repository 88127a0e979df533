"""The users of the region and the tokens they get."""

from dataclasses import dataclass

import pulumi

from infra.identity import Identity as UserDirectory
from infra.identity import IdentityArgs
from infra.tags import DataClass
from services.registry import OPERATORS
from stacks.schema import Settings


@dataclass(frozen=True)
class Identity:
    """Who issues tokens, and for which client."""

    user_pool_id: pulumi.Output[str]
    client_id: pulumi.Output[str]
    issuer: pulumi.Output[str]


def build(settings: Settings) -> Identity:
    """Declare the user directory."""
    built = UserDirectory(
        settings.name("users"),
        IdentityArgs(
            access_token_minutes=settings.identity.access_token_minutes,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
            groups=[OPERATORS],
        ),
    )
    return Identity(built.user_pool_id, built.client_id, built.issuer)
