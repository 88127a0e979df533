"""Where a customer of the local run signs in, orders and reads mail: kept by `up`, read by the other commands."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.supervisor import Supervisor

if TYPE_CHECKING:
    from local.cli.run import Run

FILE = "storefront.json"


def region_of(user_pool_id: str) -> str:
    """The AWS region of a user pool, with which its id begins."""
    return user_pool_id.partition("_")[0]


@dataclass(frozen=True)
class Storefront:
    """The public addresses of a run, and the region and client of the user pool behind its sign-in.

    Attributes:
        edges: the API of each region, by its name.
    """

    api_url: str
    mail_url: str
    emulator: str
    region: str
    client_id: str
    edges: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: "Run") -> Self:
        """The storefront of regions that have been made, which share their users."""
        exports = run.sites[0].model.outputs
        return cls(
            run.api_url,
            run.mail_url,
            run.emulator.endpoint,
            region_of(exports["userPoolId"]),
            exports["userPoolClientId"],
            {site.region: site.edge_url for site in run.sites},
        )

    @classmethod
    def load(cls, layout: Layout) -> Self:
        """The storefront of the platform that is up.

        Raises:
            LocalError: it is not.
        """
        kept = layout.state / FILE
        if not kept.exists() or not Supervisor(layout).running():
            raise LocalError("the platform is not up; `make up` starts it")
        return cls(**json.loads(kept.read_text()))

    @classmethod
    def ports_of_last_run(cls, layout: Layout) -> tuple[int, int] | None:
        """The public ports of API and mailbox that this checkout had before, so that its addresses stay."""
        try:
            last = cls(**json.loads((layout.state / FILE).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        api, mail = urlsplit(last.api_url).port, urlsplit(last.mail_url).port
        return (api, mail) if api and mail else None

    def save(self, layout: Layout) -> None:
        """Keeps it for the other commands."""
        (layout.state / FILE).write_text(json.dumps(asdict(self), indent=2))
