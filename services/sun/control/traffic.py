"""The weighted records in Route 53."""

from collections.abc import Mapping
from typing import Any

from services.sun.control.ports import Record, Traffic


class WeightedRecords(Traffic):
    """The records of one name. A region may have several, of several types; they weigh the same."""

    def __init__(self, route53: Any, zone_id: str, name: str) -> None:
        self._route53, self._zone_id, self._name = route53, zone_id, f"{name}."
        self._found: list[dict[str, Any]] = []

    def read(self) -> Mapping[str, Record]:
        """What the zone has under the name. Of records that differ, the first counts, and the rest is put right."""
        self._found = self._list()
        records: dict[str, Record] = {}
        for found in self._found:
            records.setdefault(found["SetIdentifier"], Record(found["Weight"], found.get("HealthCheckId")))
        return records

    def write(self, weights: Mapping[str, int]) -> None:
        """All in one batch, of which Route 53 takes all or nothing. A record is only replaced whole."""
        changes = [
            {"Action": "UPSERT", "ResourceRecordSet": {**found, "Weight": weights[found["SetIdentifier"]]}}
            for found in self._found
            if weights.get(found["SetIdentifier"], found["Weight"]) != found["Weight"]
        ]
        if changes:
            self._route53.change_resource_record_sets(HostedZoneId=self._zone_id, ChangeBatch={"Changes": changes})

    def _list(self) -> list[dict[str, Any]]:
        """Listed from the name on, as the zone orders them; what comes after it is none of ours."""
        pages = self._route53.get_paginator("list_resource_record_sets").paginate(
            HostedZoneId=self._zone_id, StartRecordName=self._name
        )
        ours: list[dict[str, Any]] = []
        for page in pages:
            listed = page["ResourceRecordSets"]
            ours += [found for found in listed if found["Name"] == self._name and "Weight" in found]
            if listed and listed[-1]["Name"] != self._name:
                break
        return ours
