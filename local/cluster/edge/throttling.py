"""The API Gateway's throttling, as its default stage declares it."""

from typing import Any

from local.cluster.errors import NotHonouredError
from local.host.model import Model

STAGE_TYPE = "aws:apigatewayv2/stage:Stage"

_FILTER = "envoy.filters.http.local_ratelimit"
_ALWAYS = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
_MOST_FILLS_PER_SECOND = 10


def throttle_filters(model: Model) -> list[dict[str, Any]]:
    """The filter that answers 429 when more requests come than the stage allows; none if it sets no limit.

    Raises:
        NotHonouredError: a stage limits single routes, or there are several stages.
    """
    stages = model.of_type(STAGE_TYPE)
    if len(stages) > 1:
        raise NotHonouredError(f"{len(stages)} API Gateway stages are declared; the edge of one machine is one stage")
    if any(stage.inputs.get("routeSettings") for stage in stages):
        raise NotHonouredError(f"{stages[0].urn}: routeSettings is not honoured by the edge of one machine")
    settings: dict[str, Any] = (stages[0].inputs.get("defaultRouteSettings") if stages else None) or {}
    rate, burst = settings.get("throttlingRateLimit"), settings.get("throttlingBurstLimit")
    return [_filter(float(rate), int(burst))] if rate and burst else []


def _filter(rate: float, burst: int) -> dict[str, Any]:
    """A bucket of `burst` requests that `rate` a second flow back into, in small portions."""
    fills = min(rate, _MOST_FILLS_PER_SECOND)
    return {
        "name": _FILTER,
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "edge",
            "token_bucket": {
                "max_tokens": burst,
                "tokens_per_fill": max(1, round(rate / fills)),
                "fill_interval": f"{1 / fills:.3f}s",
            },
            "filter_enabled": {"runtime_key": "edge.throttled", **_ALWAYS},
            "filter_enforced": {"runtime_key": "edge.throttled", **_ALWAYS},
        },
    }
