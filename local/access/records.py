"""Calls to Route 53: which records a change is about, and health checks."""

from collections.abc import Iterator

from lxml import etree

from local.access.judgement import Check
from local.access.request import Request

_CHANGE = "route53:ChangeResourceRecordSets"


def checks(request: Request, action: str, resource: str) -> Iterator[Check]:
    """The rights that the call asks for."""
    _, _, after = request.path.partition("/healthcheck/")
    if after:
        yield Check(action, f"arn:aws:route53:::healthcheck/{after.partition('/')[0]}")
    else:
        yield Check(action, resource, _changes(request.body) if action == _CHANGE else {})


def _changes(body: bytes) -> dict[str, tuple[str, ...]]:
    """The condition keys that speak of what is changed; of a body that is no XML, values that no policy names."""
    told: dict[str, list[str]] = {"Name": [], "Type": [], "Action": []}
    try:
        for element in etree.fromstring(body, etree.XMLParser(resolve_entities=False)).iter(
            "{*}Name", "{*}Type", "{*}Action"
        ):
            told[etree.QName(element).localname].append((element.text or "").strip())
    except etree.XMLSyntaxError:
        told = {tag: [""] for tag in told}
    return {
        f"{_CHANGE}NormalizedRecordNames".lower(): tuple(name.lower().removesuffix(".") for name in told["Name"]),
        f"{_CHANGE}RecordTypes".lower(): tuple(told["Type"]),
        f"{_CHANGE}Actions".lower(): tuple(told["Action"]),
    }
