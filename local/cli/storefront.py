"""Where a customer of the local run signs in, orders and reads mail: kept by `up`, read by the other commands."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from local.cli.queues import region_of
from local.cli.run import Run
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.supervisor import Supervisor


@dataclass(frozen=True)
class Storefront:
    """The public addresses of a run, and the user pool behind its sign-in."""

    api_url: str
    mail_url: str
    emulator: str
    region: str
    client_id: str

    @classmethod
    def of(cls, run: Run) -> Self:
        """The storefront of a region that has been made."""
        exports = run.model.outputs
        return cls(
            run.api_url, run.mail_url, run.emulator.endpoint, region_of(exports), str(exports["userPoolClientId"])
        )

    @classmethod
    def load(cls, layout: Layout) -> Self:
        """The storefront of the platform that is up.

        Raises:
            LocalError: it is not.
        """
        kept = layout.state / "storefront.json"
        if not kept.exists() or not Supervisor(layout).running():
            raise LocalError("the platform is not up; `make up` starts it")
        return cls(**json.loads(kept.read_text()))

    def save(self, layout: Layout) -> None:
        """Keeps it for the other commands."""
        (layout.state / "storefront.json").write_text(json.dumps(asdict(self), indent=2))
