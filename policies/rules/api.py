"""The API itself: it answers under our names, believes our issuer alone, and leads into the network over TLS."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping
from policies.registry import RULES

API = "aws:apigatewayv2/api:Api"
AUTHORIZER = "aws:apigatewayv2/authorizer:Authorizer"
INTEGRATION = "aws:apigatewayv2/integration:Integration"

_ISSUER = "https://cognito-idp.eu-north-1.amazonaws.com/eu-north-1_a"


def _authorizer(kind: str = "JWT", issuer: object = _ISSUER, audiences: object = ("1a2b",)) -> Resource:
    believed = {"issuer": issuer, "audiences": list(audiences) if isinstance(audiences, tuple) else audiences}
    return sample(AUTHORIZER, {"authorizerType": kind, "jwtConfiguration": believed}, "users")


def _integration(**changed: Any) -> Resource:
    stated = {
        "integrationType": "HTTP_PROXY",
        "connectionType": "VPC_LINK",
        "connectionId": "link",
        "tlsConfig": {"serverNameToVerify": "api.example"},
    }
    return sample(INTEGRATION, stated | changed, "inside")


@RULES.resource_rule(
    name="api-own-names-only",
    types=(API,),
    why="Under the name that AWS gives an API it answers past our own: past its certificate, its health check, and "
    "the weights by which a region is taken out.",
    remedy="set disableExecuteApiEndpoint true and give the API a DomainName with an ApiMapping (infra.domain).",
    source="API Gateway developer guide, disabling the default endpoint; this project's design",
    accepts=(sample(API, {"disableExecuteApiEndpoint": True}),),
    rejects={
        "API 'shop' answers under a name of AWS": sample(API, {}, "shop"),
        "'open' answers under a name of AWS": sample(API, {"disableExecuteApiEndpoint": False}, "open"),
        "answers under a name of AWS": sample(API, {"disableExecuteApiEndpoint": "true"}),
    },
)
def answers_under_our_names(api: Resource) -> Iterator[str]:
    """The API's default endpoint is off."""
    if api.properties.get("disableExecuteApiEndpoint") is not True:
        yield f"API {api.name!r} answers under a name of AWS"


@RULES.resource_rule(
    name="authorizer-pinned",
    types=(AUTHORIZER,),
    why="A token that is valid somewhere is not one for us: without an audience the API lets in what the issuer gave "
    "to any of its clients, and over plain HTTP anybody can be the issuer.",
    remedy="set authorizerType JWT, jwtConfiguration.issuer to the https address of the user pool, and audiences to "
    "the ids of our clients.",
    source="API Gateway developer guide, JWT authorizers; RFC 8725, section 3.9",
    accepts=(_authorizer(), _authorizer(audiences=("1a2b", "3c4d"))),
    rejects={
        "authorizer 'users' takes tokens for anybody": _authorizer(audiences=()),
        "takes tokens for anybody": _authorizer(audiences=None),
        "'users' takes tokens for anybody": _authorizer(audiences=("",)),
        "authorizer 'users' names no issuer over https": _authorizer(issuer=_ISSUER.replace("https", "http")),
        "names no issuer": _authorizer(issuer=None),
        "authorizer 'users' is 'REQUEST', not JWT": _authorizer("REQUEST"),
        "'bare' takes tokens for anybody": sample(AUTHORIZER, {"authorizerType": "JWT"}, "bare"),
    },
)
def believes_one_issuer(authorizer: Resource) -> Iterator[str]:
    """The authorizer lets in tokens of one issuer for named clients."""
    kind = authorizer.text("authorizerType")
    if kind != "JWT":
        yield f"authorizer {authorizer.name!r} is {kind!r}, not JWT"
        return
    believed = mapping(authorizer.properties.get("jwtConfiguration"))
    if not str(believed.get("issuer") or "").startswith("https://"):
        yield f"authorizer {authorizer.name!r} names no issuer over https"
    audiences = listed(believed.get("audiences"))
    if not audiences or not all(audiences):
        yield f"authorizer {authorizer.name!r} takes tokens for anybody"


@RULES.resource_rule(
    name="integration-private",
    types=(INTEGRATION,),
    why="What the API forwards over the internet, or to a listener whose certificate nobody looks at, can be read or "
    "answered by somebody else, tokens and all.",
    remedy="set connectionType VPC_LINK with a connectionId and tlsConfig.serverNameToVerify (infra.edge).",
    source="API Gateway developer guide, private integrations; this project's design",
    accepts=(_integration(), _integration(integrationType="AWS_PROXY", connectionType=None, tlsConfig=None)),
    rejects={
        "integration 'inside' goes over the internet": _integration(connectionType="INTERNET"),
        "goes over the internet": _integration(connectionType=None),
        "'inside' goes over the internet": _integration(connectionId=""),
        "integration 'inside' looks at no certificate": _integration(tlsConfig=None),
        "looks at no certificate": _integration(tlsConfig={"serverNameToVerify": ""}),
    },
)
def leads_inside(integration: Resource) -> Iterator[str]:
    """What is forwarded goes through a link into the network, to a listener that shows our certificate."""
    if integration.text("integrationType").startswith("AWS"):
        return
    if integration.properties.get("connectionType") != "VPC_LINK" or not integration.properties.get("connectionId"):
        yield f"integration {integration.name!r} goes over the internet"
    if not mapping(integration.properties.get("tlsConfig")).get("serverNameToVerify"):
        yield f"integration {integration.name!r} looks at no certificate"
