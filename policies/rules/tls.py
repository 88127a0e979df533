"""TLS 1.2 or newer wherever something of ours answers, sends mail or takes it."""

from collections.abc import Iterator
from re import match
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping
from policies.registry import RULES

DOMAIN = "aws:apigatewayv2/domainName:DomainName"
LISTENER = "aws:lb/listener:Listener"
SENDING = "aws:sesv2/configurationSet:ConfigurationSet"
SENDING_V1 = "aws:ses/configurationSet:ConfigurationSet"
RECEIVING = "aws:ses/receiptRule:ReceiptRule"

_NEW_ENOUGH = r"ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2|TLS-1-2)-"
"""The balancers' policies whose oldest protocol is TLS 1.2; `TLS13-1-0` and `-1-1` still speak the older ones."""

_SEALED = ("TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE")
"""What a balancer hands on as it came: who listens behind it has to speak TLS."""

_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_TO_HTTPS = {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}


def _domain(**configuration: Any) -> Resource:
    return sample(DOMAIN, {"domainName": "api.example", "domainNameConfiguration": configuration}, "api")


def _listener(protocol: str | None = "HTTPS", policy: str | None = _POLICY, **more: Any) -> Resource:
    return sample(LISTENER, {"protocol": protocol, "sslPolicy": policy, **more}, "inside")


@RULES.resource_rule(
    name="tls12",
    types=(DOMAIN, LISTENER, SENDING, SENDING_V1, RECEIVING),
    why="TLS 1.0 and 1.1 are broken and forbidden (RFC 8996), and in plain HTTP or SMTP anybody on the way reads "
    "tokens, orders and invoices.",
    remedy="set securityPolicy TLS_1_2 on the name, HTTPS with an sslPolicy such as "
    "ELBSecurityPolicy-TLS13-1-2-2021-06 or a redirect to HTTPS on the listener, deliveryOptions.tlsPolicy REQUIRE on "
    "the configuration set, and tlsPolicy Require on the receipt rule.",
    source="CKV_AWS_103, CKV_AWS_2, CKV_AWS_365; AWSGuard alb-http-to-https-redirection; RFC 8996",
    accepts=(
        _domain(securityPolicy="TLS_1_2"),
        _listener(),
        _listener("TLS", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
        _listener("HTTP", None, defaultActions=[_TO_HTTPS]),
        _listener("TCP", None),
        sample(SENDING, {"deliveryOptions": {"tlsPolicy": "REQUIRE"}}),
        sample(SENDING_V1, {"deliveryOptions": {"tlsPolicy": "Require"}}),
        sample(RECEIVING, {"tlsPolicy": "Require"}),
    ),
    rejects={
        "name 'api' speaks TLS_1_0": _domain(securityPolicy="TLS_1_0"),
        "name 'api' speaks any TLS": _domain(),
        "'api' speaks any TLS": sample(DOMAIN, {"domainName": "api.example"}, "api"),
        "listener 'inside' answers in plain HTTP": _listener("HTTP", None),
        "'inside' answers in plain HTTP": _listener("HTTP", None, defaultActions=[_TO_HTTPS, {"type": "forward"}]),
        "answers in plain HTTP": _listener("HTTP", None, defaultActions=[{"type": "redirect", "redirect": {}}]),
        "listener 'inside' answers in plain": _listener(None, None),
        "'inside' answers in plain": _listener("http2", None),
        "listener 'inside' speaks TLS older than 1.2": _listener(policy="ELBSecurityPolicy-2016-08"),
        "listener 'old' answers in plain HTTP": sample("aws:alb/listener:Listener", {"protocol": "HTTP"}, "old"),
        "speaks TLS older than 1.2": _listener(policy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
        "'inside' speaks TLS older than 1.2": _listener(policy=None),
        "configuration set 'it' sends without TLS": sample(
            SENDING, {"deliveryOptions": {"tlsPolicy": "OPTIONAL"}}, "it"
        ),
        "sends without TLS": sample(SENDING, {}),
        "configuration set 'old' sends": sample(SENDING_V1, {"deliveryOptions": None}, "old"),
        "receipt rule 'it' takes mail without TLS": sample(RECEIVING, {"tlsPolicy": "Optional"}, "it"),
        "takes mail without TLS": sample(RECEIVING, {}),
    },
)
def speaks_tls_1_2(speaker: Resource) -> Iterator[str]:
    """Whoever answers or sends does so over TLS 1.2 or newer."""
    if speaker.type == DOMAIN:
        spoken = str(mapping(speaker.properties.get("domainNameConfiguration")).get("securityPolicy") or "any TLS")
        if spoken not in ("TLS_1_2", "TLS_1_3"):
            yield f"name {speaker.name!r} speaks {spoken}"
    elif speaker.type == LISTENER:
        yield from (f"listener {speaker.name!r} {wrong}" for wrong in _listener_faults(speaker))
    elif speaker.type == RECEIVING:
        if speaker.properties.get("tlsPolicy") != "Require":
            yield f"receipt rule {speaker.name!r} takes mail without TLS"
    elif str(mapping(speaker.properties.get("deliveryOptions")).get("tlsPolicy")).upper() != "REQUIRE":
        yield f"configuration set {speaker.name!r} sends without TLS"


def _listener_faults(listener: Resource) -> Iterator[str]:
    protocol = listener.text("protocol").upper() or "HTTP"
    if protocol in ("HTTPS", "TLS"):
        # AWS takes one of 2016 where nothing is said, which speaks TLS 1.0.
        if not match(_NEW_ENOUGH, listener.text("sslPolicy")):
            yield "speaks TLS older than 1.2"
    elif protocol not in _SEALED:
        actions = [mapping(one) for one in listed(listener.properties.get("defaultActions"))]
        if not actions or any(mapping(one.get("redirect")).get("protocol") != "HTTPS" for one in actions):
            yield "answers in plain HTTP"
