"""Mail that comes in: scanned before anything of ours opens it."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed
from policies.registry import RULES
from policies.rules.tls import RECEIVING


def _rule(**changed: Any) -> Resource:
    return sample(
        RECEIVING, {"scanEnabled": True, "recipients": ["shop.example"], "enabled": True} | changed, "inbound"
    )


@RULES.resource_rule(
    name="mail-scanned",
    types=(RECEIVING,),
    why="Anybody may write to us: a mail that SES did not look at brings its virus to whoever opens it, and one to "
    "any domain at all costs money and tells others that we take it.",
    remedy="set scanEnabled true and recipients to the domains or addresses that are ours.",
    source="SES developer guide, receipt rules; this project's design",
    accepts=(_rule(), _rule(recipients=["help@shop.example"], enabled=False)),
    rejects={
        "receipt rule 'inbound' takes mail unscanned": _rule(scanEnabled=False),
        "takes mail unscanned": _rule(scanEnabled=None),
        "receipt rule 'inbound' takes mail to everybody": _rule(recipients=[]),
        "takes mail to everybody": _rule(recipients=None),
        "'inbound' takes mail to everybody": _rule(recipients=["shop.example", ""]),
    },
)
def looked_at_first(rule: Resource) -> Iterator[str]:
    """SES scans the mail, and takes none for others."""
    if rule.properties.get("scanEnabled") is not True:
        yield f"receipt rule {rule.name!r} takes mail unscanned"
    recipients = listed(rule.properties.get("recipients"))
    if not recipients or not all("." in str(recipient) for recipient in recipients):
        yield f"receipt rule {rule.name!r} takes mail to everybody"
