"""Where a resource stands, whose it is, and in which AWS regions that leaves its data.

The law (decision 0047): what is personal may lie in the EU, and where its own stack stands; the
shared database alone spans all regions, with the secrets and keys that open it. The stack `global` serves every region
from the EU, so what it holds of people lies in the EU.
"""

from re import fullmatch

from policies.model import Resource
from policies.reading import mapping

INTERNAL, CONFIDENTIAL, PERSONAL = "internal", "confidential", "personal"
"""The classes of the tag `data`, from harmless to protected by law."""

# The UK and Switzerland are Europe on the map and third countries to the GDPR: eu-west-2, eu-central-2 are not here.
EU = frozenset({"eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"})

RESIDENCES = {
    "global": EU,
    "eu": EU,
    "apac": frozenset({"ap-southeast-1"}),
    "us": frozenset({"us-east-1", "us-east-2", "us-west-2"}),
}
"""By the name of a stack: where it may stand. A longer list is a decision of this pack; a name without one promised its
customers nothing, and is held to no place."""

PRODUCT = frozenset().union(*RESIDENCES.values())
"""Everywhere that the product may be."""


def region_of(arn: object) -> str:
    """The AWS region that an ARN names; empty when it names none."""
    parts = str(arn or "").split(":", 5)
    return parts[3] if len(parts) == 6 and parts[0] == "arn" else ""


def place_of(resource: Resource) -> str:
    """The AWS region in which the resource says it stands; empty when it leaves that to its provider."""
    stated = resource.text("region") or resource.text("availabilityZone")[:-1]
    return stated or region_of(resource.properties.get("arn"))


def is_own_key(key: object, place: str = "") -> bool:
    """Whether that names a KMS key of ours, and, where the place is known, one that stands there."""
    text = str(key or "")
    if text.startswith("arn:"):
        ours = fullmatch(r"arn:[\w-]+:kms:[\w-]+:\d{12}:(key/.+|alias/(?!aws/).+)", text) is not None
        return ours and (not place or region_of(text) == place)
    return fullmatch(r"alias/(?!aws/).+|(mrk-)?[0-9a-f-]{32,36}", text) is not None


def owner_of(resource: Resource) -> str:
    """The name of the region that the resource belongs to: the stack that its URN names, if that is one of ours.

    A tag alone decides in no stack of the product: a slip in it would let the resource go anywhere.
    """
    stack = (resource.urn.split(":") + [""] * 3)[2]
    tagged = mapping(resource.properties.get("tags")).get("region")
    return stack if stack in RESIDENCES else str(tagged or stack)


def class_of(resource: Resource) -> str:
    """What the resource holds; what does not say so, or says what nobody knows, counts as personal."""
    stated = mapping(resource.properties.get("tags")).get("data")
    return str(stated) if stated in (INTERNAL, CONFIDENTIAL) else PERSONAL


def may_stand(owner: str, data: str, place: str) -> bool:
    """Whether a stack may put what holds such data there."""
    if owner not in RESIDENCES or (owner == "global" and data == INTERNAL):
        return True
    return place in RESIDENCES[owner] | EU


def may_be_copied(owner: str, data: str, place: str) -> bool:
    """Whether such data of a stack may be copied there: nothing of ours to where the product is not."""
    if data in (INTERNAL, CONFIDENTIAL):
        return place in PRODUCT
    return place in RESIDENCES.get(owner, frozenset()) | EU


def may_be_fetched(owner: str, data: str, place: str, source: str) -> bool:
    """Whether a stack may fetch such data from the region `source`; `place` is where it goes, empty if untold."""
    if data == INTERNAL:
        return True
    if data == CONFIDENTIAL:
        return source in PRODUCT and (not place or owner not in RESIDENCES or place in PRODUCT)
    here = {place} if place else RESIDENCES.get(owner, frozenset())
    there = EU.union(*(regions for regions in RESIDENCES.values() if source in regions))
    return bool(here) and here <= there


def said(resource: Resource) -> str:
    """The resource with what decides where it may be, for a message."""
    return f"{resource.type.rpartition(':')[2]} {resource.name!r} ({class_of(resource)}) of {owner_of(resource)!r}"
