"""The way in: the customer's client, the API Gateway with its token check, and the services behind its routes."""

from local.cluster.edge.gateway import Authorizer, operations
from local.host import Resource
from local.picture.graph import Edge, Kind, Node, Place
from local.picture.reading.part import Part, Reading, workload_id

API_TYPE = "aws:apigatewayv2/api:Api"
STAGE_TYPE = "aws:apigatewayv2/stage:Stage"

CLIENT = "outside:client"


def read(reading: Reading) -> Part:
    """The gateway between the client and the web services."""
    offered = operations(reading.model)
    authorizers = {operation.authorizer for operation in offered if operation.authorizer}
    answering = dict.fromkeys(reading.release.answering(operation) for operation in offered)
    apis = [_gateway(api, reading, authorizers) for api in reading.model.of_type(API_TYPE)]
    pools = [_users(pool) for pool in sorted({authorizer.pool for authorizer in authorizers})]
    client = Node(CLIENT, Kind.OUTSIDE, Place.OUTSIDE, "customer", lines=("client",))
    return Part(
        nodes=(*([client] if apis else []), *apis, *pools),
        edges=(
            *(Edge(CLIENT, api.id, "HTTPS") for api in apis),
            *(Edge(api.id, workload_id(work)) for api in apis for work in answering),
            *(Edge(api.id, pool.id, "checks tokens") for api in apis for pool in pools),
        ),
    )


def _gateway(api: Resource, reading: Reading, authorizers: set[Authorizer]) -> Node:
    throttles = [
        f"{settings['throttlingRateLimit']:g} requests/s"
        for stage in reading.model.of_type(STAGE_TYPE)
        if stage.inputs["apiId"] == api.id and (settings := stage.inputs.get("defaultRouteSettings"))
    ]
    lines = (*(["JWT authorizer"] if authorizers else []), *throttles)
    return Node(f"api:{api.name}", Kind.GATEWAY, Place.EDGE, "API Gateway", f"{api.inputs['protocolType']} API", lines)


def _users(pool: str) -> Node:
    return Node(f"users:{pool}", Kind.USERS, Place.EDGE, "Cognito", "user pool", ("of all regions",))
