"""Sending identities, configuration sets and the events that they report."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import Handler, changes, pascal, tag_list
from local.host.model import Resource
from local.host.provider import Made


def make_configuration_set(declared: Resource, emulator: Emulator) -> Made:
    """A configuration set, known by its name."""
    ses, name = emulator.ses, declared.inputs["configurationSetName"]
    given = {key: value for key, value in changes(declared).items() if key not in {"configurationSetName", "tags"}}
    try:
        current: Mapping[str, Any] = ses.get_configuration_set(ConfigurationSetName=name)
    except ses.exceptions.NotFoundException:
        create: Any = ses.create_configuration_set
        create(ConfigurationSetName=name, Tags=tag_list(declared.inputs.get("tags")), **pascal(given, {}))
        return Made(name, {})
    put: Mapping[str, Any] = {
        "DeliveryOptions": ses.put_configuration_set_delivery_options,
        "ReputationOptions": ses.put_configuration_set_reputation_options,
        "SendingOptions": ses.put_configuration_set_sending_options,
        "SuppressionOptions": ses.put_configuration_set_suppression_options,
    }
    for option, settings in pascal(given, {}).items():
        if option not in put:
            raise ResourceError(declared.type, declared.urn, f"a change of {option} is not known to the local home")
        if current.get(option) != settings:
            put[option](ConfigurationSetName=name, **settings)
    return Made(name, {})


def delete_configuration_set(orphan: Resource, emulator: Emulator) -> None:
    """Removes the set with its event destinations."""
    emulator.ses.delete_configuration_set(ConfigurationSetName=str(orphan.id))


def look_at_configuration_set(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the set is there."""
    emulator.ses.get_configuration_set(ConfigurationSetName=str(known.id))
    return {}


def make_event_destination(declared: Resource, emulator: Emulator) -> Made:
    """Where events go, known by the configuration set and its own name."""
    ses, inputs = emulator.ses, declared.inputs
    configuration_set, name = inputs["configurationSetName"], inputs["eventDestinationName"]
    found = ses.get_configuration_set_event_destinations(ConfigurationSetName=configuration_set)
    known = {destination["Name"] for destination in found.get("EventDestinations", [])}
    put: Any = (
        ses.update_configuration_set_event_destination
        if name in known
        else ses.create_configuration_set_event_destination
    )
    put(
        ConfigurationSetName=configuration_set,
        EventDestinationName=name,
        EventDestination=pascal(inputs["eventDestination"], {}),
    )
    return Made(f"{configuration_set}|{name}", {})


def delete_event_destination(orphan: Resource, emulator: Emulator) -> None:
    """Stops the reports."""
    emulator.ses.delete_configuration_set_event_destination(
        ConfigurationSetName=orphan.inputs["configurationSetName"],
        EventDestinationName=orphan.inputs["eventDestinationName"],
    )


def look_at_event_destination(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """Whether the destination is there."""
    found = emulator.ses.get_configuration_set_event_destinations(
        ConfigurationSetName=known.inputs["configurationSetName"]
    )
    names = {destination["Name"] for destination in found.get("EventDestinations", [])}
    return {} if known.inputs["eventDestinationName"] in names else None


def make_identity(declared: Resource, emulator: Emulator) -> Made:
    """A sending domain or address; the emulator takes it as verified at once.

    The emulator knows no default configuration set of an identity. Nothing rests on it: every sender names its set.
    """
    ses, name = emulator.ses, declared.inputs["emailIdentity"]
    try:
        ses.get_email_identity(EmailIdentity=name)
    except ses.exceptions.NotFoundException:
        ses.create_email_identity(EmailIdentity=name, Tags=tag_list(declared.inputs.get("tags")))
    identity = ses.get_email_identity(EmailIdentity=name)
    return Made(
        name,
        {
            "identityType": identity["IdentityType"],
            "verifiedForSendingStatus": identity["VerifiedForSendingStatus"],
            "dkimSigningAttributes": {"tokens": identity.get("DkimAttributes", {}).get("Tokens", [])},
        },
    )


def delete_identity(orphan: Resource, emulator: Emulator) -> None:
    """Removes the identity; nothing can be sent from it any more."""
    emulator.ses.delete_email_identity(EmailIdentity=str(orphan.id))


def look_at_identity(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the identity is there."""
    emulator.ses.get_email_identity(EmailIdentity=str(known.id))
    return {}


HANDLERS: Mapping[str, Handler] = {
    "aws:sesv2/configurationSet:ConfigurationSet": Handler(
        make_configuration_set, delete_configuration_set, look_at_configuration_set
    ),
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": Handler(
        make_event_destination, delete_event_destination, look_at_event_destination
    ),
    "aws:sesv2/emailIdentity:EmailIdentity": Handler(make_identity, delete_identity, look_at_identity),
}
