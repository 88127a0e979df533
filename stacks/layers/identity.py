"""Who issues the tokens that the region lets in: the one user pool of all regions."""

from dataclasses import dataclass

import pulumi

from stacks.layers.upstream import Upstream


@dataclass(frozen=True)
class Identity:
    """The pool, and for which clients it issues tokens: people's, and services' that call for themselves."""

    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
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


def build(shared: Upstream) -> Identity:
    """What `global` tells of its pool."""
    return Identity(
        shared.user_pool_id,
        shared.user_pool_arn,
        shared.user_pool_client_id,
        shared.service_client_id,
        shared.token_issuer,
    )
