"""Zones, records and health checks: a zone is found again by its name, a check by what it asks."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, tag_list
from local.host.model import Resource
from local.host.provider import Made

_ZONE, _RECORD, _CHECK = (
    "aws:route53/zone:Zone",
    "aws:route53/record:Record",
    "aws:route53/healthCheck:HealthCheck",
)

# The API writes these otherwise than with a capital first letter.
_SPELT = {"fqdn": "FullyQualifiedDomainName", "enableSni": "EnableSNI"}
_FIXED = {"Type", "RequestInterval", "MeasureLatency"}  # for life
_FORGOTTEN = {"measureLatency", "enableSni"}
_ASKED = ("type", "fqdn", "port", "resourcePath", "requestInterval", "failureThreshold", "measureLatency", "enableSni")


def make_zone(declared: Resource, emulator: Emulator) -> Made:
    """A public zone, known by its name."""
    dns, name = emulator.route53, f"{declared.inputs['name'].rstrip('.')}."
    zones = dns.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    known = next((zone["Id"] for zone in zones if zone["Name"] == name), None)
    if known is None:
        made = dns.create_hosted_zone(
            Name=name,
            CallerReference=declared.urn,
            HostedZoneConfig={"Comment": declared.inputs.get("comment", ""), "PrivateZone": False},
        )
        known = made["HostedZone"]["Id"]
    zone_id = known.rpartition("/")[2]
    if tags := tag_list(declared.inputs.get("tags")):
        dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, AddTags=tags)
    servers = dns.get_hosted_zone(Id=zone_id)["DelegationSet"]["NameServers"]
    arn = f"arn:aws:route53:::hostedzone/{zone_id}"
    return Made(zone_id, {"zoneId": zone_id, "arn": arn, "nameServers": servers})


def delete_zone(orphan: Resource, emulator: Emulator) -> None:
    """Removes the zone, which Route 53 refuses as long as it has records of ours."""
    emulator.route53.delete_hosted_zone(Id=str(orphan.id))


def look_at_zone(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the zone is there, and what is noted on it."""
    zone = emulator.route53.get_hosted_zone(Id=str(known.id))["HostedZone"]
    return {"comment": zone.get("Config", {}).get("Comment", "")}


def make_record(declared: Resource, emulator: Emulator) -> Made:
    """A record of a zone; what the program leaves to others stays as it is found."""
    inputs = declared.inputs
    found = _record(declared, emulator)
    wanted = changes(declared) if found else inputs
    written: dict[str, Any] = {
        "Name": inputs["name"],
        "Type": inputs["type"],
        "TTL": wanted["ttl"],
        "ResourceRecords": [
            {"Value": f'"{value}"' if inputs["type"] == "TXT" else value} for value in wanted["records"]
        ],
    }
    if "setIdentifier" in inputs:
        written["SetIdentifier"] = inputs["setIdentifier"]
        policies = wanted.get("weightedRoutingPolicies")
        written["Weight"] = policies[0]["weight"] if policies else (found or {})["Weight"]
    if "healthCheckId" in inputs:
        written["HealthCheckId"] = wanted["healthCheckId"]
    _change("UPSERT", inputs["zoneId"], written, emulator)
    identity = "_".join([inputs["zoneId"], inputs["name"], inputs["type"], inputs.get("setIdentifier", "")])
    return Made(identity.rstrip("_"), {"fqdn": inputs["name"].rstrip(".")})


def delete_record(orphan: Resource, emulator: Emulator) -> None:
    """Removes the record as it is found, for Route 53 wants to be told all of it."""
    found = _record(orphan, emulator)
    if found:
        _change("DELETE", orphan.inputs["zoneId"], found, emulator)


def look_at_record(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """What the record says by now; None if it is gone."""
    found = _record(known, emulator)
    if found is None:
        return None
    kind = known.inputs["type"]
    live: dict[str, Any] = {
        "ttl": found["TTL"],
        "records": [one["Value"].strip('"') if kind == "TXT" else one["Value"] for one in found["ResourceRecords"]],
        "weightedRoutingPolicies": [{"weight": found["Weight"]}] if "Weight" in found else [],
        "healthCheckId": found.get("HealthCheckId"),
    }
    return live


def make_check(declared: Resource, emulator: Emulator) -> Made:
    """A health check, known by the name and path that it asks."""
    dns, inputs = emulator.route53, declared.inputs
    config = {_SPELT.get(key, key[0].upper() + key[1:]): inputs[key] for key in _ASKED if key in inputs}
    wanted = (inputs["fqdn"], inputs["resourcePath"])
    for check in dns.list_health_checks()["HealthChecks"]:
        asked = check["HealthCheckConfig"]
        if (asked.get("FullyQualifiedDomainName"), asked.get("ResourcePath")) == wanted:
            changed = {key: value for key, value in config.items() if key not in _FIXED}
            dns.update_health_check(HealthCheckId=check["Id"], **changed)
            return _checked(check["Id"])
    made = dns.create_health_check(CallerReference=declared.urn[-64:], HealthCheckConfig=config)
    return _checked(made["HealthCheck"]["Id"])


def delete_check(orphan: Resource, emulator: Emulator) -> None:
    """Removes the check."""
    emulator.route53.delete_health_check(HealthCheckId=str(orphan.id))


def look_at_check(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """What the check asks by now, but for what the emulator does not keep."""
    config: Mapping[str, Any] = emulator.route53.get_health_check(HealthCheckId=str(known.id))["HealthCheck"][
        "HealthCheckConfig"
    ]
    named = {key: _SPELT.get(key, key[0].upper() + key[1:]) for key in _ASKED}
    return {key: config[name] for key, name in named.items() if name in config and key not in _FORGOTTEN}


def _checked(check_id: str) -> Made:
    return Made(check_id, {"arn": f"arn:aws:route53:::healthcheck/{check_id}"})


def _record(declared: Resource, emulator: Emulator) -> dict[str, Any] | None:
    inputs = declared.inputs
    name = f"{inputs['name'].rstrip('.')}."
    listed = emulator.route53.list_resource_record_sets(
        HostedZoneId=inputs["zoneId"], StartRecordName=name, StartRecordType=inputs["type"]
    )["ResourceRecordSets"]
    wanted = (name, inputs["type"], inputs.get("setIdentifier"))
    return next((one for one in listed if (one["Name"], one["Type"], one.get("SetIdentifier")) == wanted), None)


def _change(action: str, zone: str, record: Mapping[str, Any], emulator: Emulator) -> None:
    emulator.route53.change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    )


HANDLERS: Mapping[str, Handler] = {
    _ZONE: Handler(make_zone, delete_zone, look_at_zone, known_by=frozenset({"name"})),
    _RECORD: Handler(
        make_record, delete_record, look_at_record, known_by=frozenset({"zoneId", "name", "type", "setIdentifier"})
    ),
    _CHECK: Handler(
        make_check,
        delete_check,
        look_at_check,
        known_by=frozenset({"fqdn", "resourcePath"}),
        fixed=frozenset({"type", "requestInterval", "measureLatency"}),
    ),
}
