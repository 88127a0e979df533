"""The shared name in Route 53: its weighted records, and what their health checks say."""

from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from local.front.resolution import Record, well
from local.host.model import Model
from local.machine.errors import LocalError

RECORD = "aws:route53/record:Record"


@dataclass(frozen=True)
class SharedName:
    """The name that all regions answer to, without a dot at the end, and the zone that it is in."""

    zone_id: str
    name: str

    @classmethod
    def of(cls, model: Model) -> Self:
        """The name that a region's program gives a weighted record to.

        Raises:
            LocalError: it gives one to none, or to several.
        """
        weighted = [one.inputs for one in model.of_type(RECORD) if one.inputs.get("weightedRoutingPolicies")]
        names = {cls(str(one["zoneId"]), str(one["name"]).rstrip(".")) for one in weighted}
        if len(names) != 1:
            told = ", ".join(sorted(name.name for name in names)) or "no name"
            raise LocalError(
                f"stack {model.stack} has weighted records of {told}; the front of one machine is one name"
            )
        return names.pop()


class Zone:
    """Asks as a resolver in the outside world would: nothing is told to it but the name."""

    def __init__(self, route53: Any, shared: SharedName) -> None:
        self._route53, self._zone_id, self._name = route53, shared.zone_id, f"{shared.name}."

    def records(self) -> tuple[Record, ...]:
        """The name's records with their health. Of a region's records of several types the first counts.

        Raises:
            BotoCoreError, ClientError: Route 53 does not say.
        """
        found: dict[str, Record] = {}
        for listed in self._listed():
            region = listed["SetIdentifier"]
            if region not in found:
                found[region] = Record(region, listed["Weight"], self._well(listed.get("HealthCheckId")))
        return tuple(found.values())

    def _listed(self) -> list[dict[str, Any]]:
        """From the name on, as the zone orders them; a name has at most a hundred weighted records: one page."""
        page = self._route53.list_resource_record_sets(HostedZoneId=self._zone_id, StartRecordName=self._name)
        return [one for one in page["ResourceRecordSets"] if one["Name"] == self._name and "Weight" in one]

    def _well(self, check_id: str | None) -> bool | None:
        if check_id is None:
            return None
        try:
            answer = self._route53.get_health_check_status(HealthCheckId=check_id)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchHealthCheck":
                return None
            raise
        return well(answer["HealthCheckObservations"])
