"""What was declared of the API Gateway and the balancer becomes a configuration that Envoy accepts, or is refused."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.cluster.edge.config import edge_config
from local.cluster.edge.gateway import Authorizer, Operation, operations
from local.cluster.edge.throttling import throttle_filters
from local.cluster.errors import NotHonouredError
from tests.unit.cluster.envoy import ask, free_port, running, validate
from tests.unit.cluster.samples import entries_of, model, resource, route
from tests.unit.cluster.tokens import CLIENT, ISSUER, POOL

HEADER = "$request.header.Authorization"
JWT = {"issuer": ISSUER, "audiences": [CLIENT]}


def _authorizer(**other: Any) -> Any:
    return resource(
        "authorizer", "api", **{"authorizerType": "JWT", "identitySources": [HEADER], "jwtConfiguration": JWT, **other}
    )


def _config(*declared: Operation, throttle: list[dict[str, Any]] | None = None, port: int = 8080) -> dict[str, Any]:
    return edge_config(declared, entries_of(), throttle or [], ("127.0.0.1", port), ("127.80.3.1", 4566))


def _patterns(config: dict[str, Any]) -> list[tuple[str, list[str]]]:
    manager = config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    matches = [entry["match"] for entry in manager["route_config"]["virtual_hosts"][0]["routes"]]
    return [
        (match["safe_regex"]["regex"], [header["string_match"]["exact"] for header in match.get("headers", [])])
        for match in matches
    ]


def test_routes_and_their_authorizer_become_operations() -> None:
    secured = route("GET /orders/{id}", authorizationType="JWT", authorizerId="authorizer-api")
    assert operations(model(_authorizer(), secured, route("POST /open"))) == (
        Operation("GET", "/orders/{id}", Authorizer("api", ISSUER, (CLIENT,))),
        Operation("POST", "/open", None),
    )


def test_what_an_integration_writes_into_requests_goes_with_its_operations() -> None:
    writes = resource("integration", "api", requestParameters={"overwrite:header.x-from": "$context.identity.sourceIp"})
    written = (("x-from", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),)
    assert operations(model(writes, route("GET /a", target="integrations/integration-api"), route("GET /b"))) == (
        Operation("GET", "/a", None, written),
        Operation("GET", "/b", None),
    )


@pytest.mark.parametrize(
    ("resources", "named"),
    [
        ([resource("integration", "api", requestParameters={"append:header.x": "$context.path"})], "append:header"),
        ([resource("integration", "api", requestParameters={"overwrite:header.x": "$context.path"})], "context.path"),
        ([route("$default")], "default"),
        ([route("GET orders")], "GET orders"),
        ([route("BREW /coffee")], "BREW"),
        ([route("GET /a", authorizationType="AWS_IAM")], "AWS_IAM"),
        ([route("GET /a", authorizationType="JWT", authorizerId="gone")], "gone"),
        ([route("GET /a", authorizationScopes=["orders/read"])], "authorizationScopes"),
        ([_authorizer(authorizerType="REQUEST")], "REQUEST"),
        ([_authorizer(identitySources=None)], "identitySources"),
        ([_authorizer(identitySources=["$request.querystring.token"])], "querystring"),
        ([_authorizer(jwtConfiguration={"issuer": ISSUER})], "audience"),
    ],
)
def test_what_the_edge_cannot_check_is_refused(resources: list[Any], named: str) -> None:
    with pytest.raises(NotHonouredError, match=named):
        operations(model(*resources))


def test_a_route_without_a_path_of_the_balancer_is_refused() -> None:
    with pytest.raises(NotHonouredError, match=r"GET /invoices.*/orders"):
        _config(Operation("GET", "/invoices", None))


def test_the_more_specific_route_comes_first() -> None:
    declared = [
        Operation("ANY", "/orders/{rest+}", None),
        Operation("ANY", "/orders/{id}", None),
        Operation("GET", "/orders/{id}", None),
        Operation("GET", "/orders/recent.list", None),
    ]
    assert _patterns(_config(*declared)) == [
        ("/orders/recent\\.list", ["GET"]),
        ("/orders/[^/]+", ["GET"]),
        ("/orders/[^/]+", []),
        ("/orders/.+", []),
    ]


def test_envoy_accepts_the_configuration_without_a_warning(tmp_path: Path) -> None:
    authorizer = Authorizer("api", ISSUER, (CLIENT, "another"))
    throttle = throttle_filters(model(resource("stage", "api", defaultRouteSettings=_limits(500, 1000))))
    config = _config(
        Operation("POST", "/create-order", authorizer), Operation("GET", "/orders/{id}", None), throttle=throttle
    )
    assert validate(config, tmp_path) == ""


def test_the_configuration_has_no_admin_interface_and_one_loopback_listener() -> None:
    config = _config(Operation("GET", "/orders/{id}", None))
    assert "admin" not in config
    addresses = [entry["address"]["socket_address"]["address"] for entry in config["static_resources"]["listeners"]]
    assert addresses == ["127.0.0.1"]


def test_token_keys_come_from_the_emulators_pool() -> None:
    config = json.dumps(_config(Operation("GET", "/orders/{id}", Authorizer("api", ISSUER, (CLIENT,)))))
    assert f'"http://127.80.3.1:4566/{POOL}/.well-known/jwks.json"' in config


def test_every_secured_route_has_both_checks() -> None:
    config = _config(Operation("GET", "/orders/{id}", Authorizer("api", ISSUER, (CLIENT,))))
    manager = config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    checks = {"envoy.filters.http.jwt_authn", "envoy.filters.http.rbac"}
    assert checks < {entry["name"] for entry in manager["http_filters"]}
    assert all(
        set(entry["typed_per_filter_config"]) == checks
        for entry in manager["route_config"]["virtual_hosts"][0]["routes"]
    )


def _limits(rate: float, burst: int) -> dict[str, Any]:
    return {"throttlingRateLimit": rate, "throttlingBurstLimit": burst}


def test_more_than_the_stage_allows_is_too_many(tmp_path: Path) -> None:
    throttle = throttle_filters(model(resource("stage", "api", defaultRouteSettings=_limits(1, 3))))
    port = free_port()
    config = _config(Operation("GET", "/orders/{id}", None), throttle=throttle, port=port)
    with running(config, port, tmp_path) as url:
        answers = [ask(f"{url}/nothing") for _ in range(6)]
        assert answers[0].problem() == (404, "not-found")
        assert answers[-1].problem() == (429, "too-many-requests")
        end = time.monotonic() + 5
        while ask(f"{url}/nothing").status == 429:
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("rate", "per_second"), [(1, 1), (5, 5), (15, 20), (500, 500)], ids=["1", "5", "15 (in tenths, rounded up)", "500"]
)
def test_the_bucket_fills_at_the_stages_rate(rate: float, per_second: float) -> None:
    (throttle,) = throttle_filters(model(resource("stage", "api", defaultRouteSettings=_limits(rate, 10))))
    bucket = throttle["typed_config"]["token_bucket"]
    assert bucket["max_tokens"] == 10
    assert bucket["tokens_per_fill"] / float(bucket["fill_interval"].rstrip("s")) == pytest.approx(per_second)


def test_limits_of_single_routes_are_refused() -> None:
    stage = resource("stage", "api", routeSettings=[{"routeKey": "GET /orders", **_limits(1, 1)}])
    with pytest.raises(NotHonouredError, match="routeSettings"):
        throttle_filters(model(stage))


def test_several_stages_are_refused() -> None:
    with pytest.raises(NotHonouredError, match="2 API Gateway stages"):
        throttle_filters(model(resource("stage", "one"), resource("stage", "two")))


def test_no_stage_no_throttling() -> None:
    assert throttle_filters(model()) == []
    assert throttle_filters(model(resource("stage", "api"))) == []
