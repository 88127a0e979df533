"""`GetHealthCheckStatus`, which the emulator lacks."""

import re
from collections.abc import Callable

from lxml import etree

from local.access.guard import Application, Event, Receive, Send
from local.machine.health.standing import Standing

_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"
_PATH = re.compile(r"/2013-04-01/healthcheck/([^/]+)/status")
_CHECKER = ("eu-west-1", "127.0.0.1")
"""Where Route 53 would say that its checker stands."""

Standings = Callable[[str], Standing | None]


def with_status(application: Application, known: Callable[[str], bool], standing: Standings) -> Application:
    """The same ASGI application, which knows what its health checks stand at."""

    async def answered(scope: Event, receive: Receive, send: Send) -> None:
        asked = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if asked is None or not known(asked[1]):  # the emulator has its words for what does not exist
            await application(scope, receive, send)
            return
        body = _xml(standing(asked[1]))
        headers = [(b"content-type", b"text/xml"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answered


def _xml(standing: Standing | None) -> bytes:
    root = etree.Element(etree.QName(_NAMESPACE, "GetHealthCheckStatusResponse"), nsmap={None: _NAMESPACE})
    observations = _child(root, "HealthCheckObservations")
    if standing is not None:
        observation = _child(observations, "HealthCheckObservation")
        for name, text in zip(("Region", "IPAddress"), _CHECKER, strict=True):
            _child(observation, name).text = text
        report = _child(observation, "StatusReport")
        _child(report, "Status").text = standing.reported.text
        _child(report, "CheckedTime").text = f"{standing.reported.at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, etree.QName(_NAMESPACE, name))
