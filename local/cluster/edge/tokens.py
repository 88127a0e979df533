"""The token check of the API Gateway's JWT authorizer, in Envoy's filters."""

from collections.abc import Iterable
from typing import Any

from local.cluster.edge.gateway import Authorizer

JWT_FILTER = "envoy.filters.http.jwt_authn"
RBAC_FILTER = "envoy.filters.http.rbac"
JWKS_CLUSTER = "jwks"

_EXTENSION = "type.googleapis.com/envoy.extensions.filters.http"
_CLAIMS = "claims"
_FETCH_SECONDS = 5
_CACHE_SECONDS = 300
_RETRY_SECONDS = 1


def jwt_filter(authorizers: Iterable[Authorizer], jwks_address: tuple[str, int]) -> dict[str, Any]:
    """Verifies signature, issuer and times. Keys that cannot be fetched let nobody in."""
    checked = sorted(authorizers, key=lambda authorizer: authorizer.name)
    return {
        "name": JWT_FILTER,
        "typed_config": {
            "@type": f"{_EXTENSION}.jwt_authn.v3.JwtAuthentication",
            "providers": {authorizer.name: _provider(authorizer, jwks_address) for authorizer in checked},
            "requirement_map": {authorizer.name: {"provider_name": authorizer.name} for authorizer in checked},
        },
    }


def audience_filter() -> dict[str, Any]:
    """The place in the chain where each route's `route_checks` refuses tokens that are meant for somebody else."""
    return {"name": RBAC_FILTER, "typed_config": {"@type": f"{_EXTENSION}.rbac.v3.RBAC"}}


def route_checks(authorizer: Authorizer) -> dict[str, Any]:
    """What a route with this authorizer adds to both filters."""
    return {
        JWT_FILTER: {
            "@type": f"{_EXTENSION}.jwt_authn.v3.PerRouteConfig",
            "requirement_name": authorizer.name,
        },
        RBAC_FILTER: {
            "@type": f"{_EXTENSION}.rbac.v3.RBACPerRoute",
            "rbac": {
                "rules": {
                    "action": "ALLOW",
                    "policies": {
                        authorizer.name: {
                            "permissions": [{"any": True}],
                            "principals": [_meant_for(audience) for audience in authorizer.audiences],
                        }
                    },
                }
            },
        },
    }


def _provider(authorizer: Authorizer, jwks_address: tuple[str, int]) -> dict[str, Any]:
    host, port = jwks_address
    return {
        "issuer": authorizer.issuer,
        "from_headers": [{"name": "Authorization", "value_prefix": "Bearer "}],
        "forward": True,
        "payload_in_metadata": _CLAIMS,
        "remote_jwks": {
            "http_uri": {
                "uri": f"http://{host}:{port}/{authorizer.pool}/.well-known/jwks.json",
                "cluster": JWKS_CLUSTER,
                "timeout": f"{_FETCH_SECONDS}s",
            },
            "cache_duration": f"{_CACHE_SECONDS}s",
            # Fetched before the first request and renewed ahead of time: known keys outlive an outage of the pool.
            "async_fetch": {"failed_refetch_duration": f"{_RETRY_SECONDS}s"},
        },
    }


def _meant_for(audience: str) -> dict[str, Any]:
    """As at the API Gateway: `aud` counts; without `aud`, as in Cognito's access tokens, `client_id` does."""
    exactly = {"string_match": {"exact": audience}}
    by_client = {"and_ids": {"ids": [{"not_id": _claim("aud", {"present_match": True})}, _claim("client_id", exactly)]}}
    in_list = {"list_match": {"one_of": exactly}}
    return {"or_ids": {"ids": [_claim("aud", exactly), _claim("aud", in_list), by_client]}}


def _claim(name: str, value: dict[str, Any]) -> dict[str, Any]:
    path = [{"key": _CLAIMS}, {"key": name}]
    return {"sourced_metadata": {"metadata_matcher": {"filter": JWT_FILTER, "path": path, "value": value}}}
