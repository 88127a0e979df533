"""Everything that services stand on, as one value for the layers that build the services."""

from dataclasses import dataclass

from infra.balancer import Balancer
from stacks.layers.database import Database
from stacks.layers.identity import Identity
from stacks.layers.mail import Mail
from stacks.layers.payloads import Payloads
from stacks.layers.queues import Queues
from stacks.layers.secrets import Secrets


@dataclass(frozen=True)
class Foundation:
    """The shared resources of a region."""

    payloads: Payloads
    queues: Queues
    identity: Identity
    database: Database
    mail: Mail
    secrets: Secrets
    balancer: Balancer
