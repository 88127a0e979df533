"""The users of the region and the tokens they get."""

from dataclasses import dataclass

import pulumi

from infra.identity import Identity as UserDirectory
from infra.identity import IdentityArgs
from infra.tags import DataClass
from services.registry import RESOURCE_SERVER, SCOPES, STAFF_GROUPS
from stacks.schema import Settings


@dataclass(frozen=True)
class Identity:
    """Who issues tokens, and for which clients: people's, and services' that call for themselves."""

    user_pool_id: pulumi.Output[str]
    client_id: pulumi.Output[str]
    service_client_id: pulumi.Output[str]
    issuer: pulumi.Output[str]

    @property
    def accepted_issuers(self) -> pulumi.Output[str]:
        """Whose tokens the services accept, as they read it (`TokenSettings`)."""
        own = {
            "issuer": self.issuer,
            "clientIds": [self.client_id],
            "serviceClientIds": [self.service_client_id],
        }
        return pulumi.Output.json_dumps([own])


def build(settings: Settings) -> Identity:
    """Declare the user directory."""
    built = UserDirectory(
        settings.name("users"),
        IdentityArgs(
            access_token_minutes=settings.identity.access_token_minutes,
            api=RESOURCE_SERVER,
            service_scopes={scope.value: about for scope, about in SCOPES.items()},
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
            groups=STAFF_GROUPS,
        ),
    )
    return Identity(built.user_pool_id, built.client_id, built.service_client_id, built.issuer)
