"""Types whose outputs point at what plays them on this machine, as `Cloud` says it."""

from collections.abc import Mapping

from local.host.shapes.shape import Shape

PLAYED: Mapping[str, Shape] = {
    "aws:apigatewayv2/api:Api": Shape(
        "{hash:.10}",
        {
            "apiEndpoint": "https://{hash:.10}.execute-api.{region}.amazonaws.com",
            "arn": "arn:aws:apigateway:{region}::/apis/{hash:.10}",
            "executionArn": "arn:aws:execute-api:{region}:{account}:{hash:.10}",
        },
    ),
    "aws:apigatewayv2/stage:Stage": Shape(
        "{name}",
        {
            "arn": "arn:aws:apigateway:{region}::/apis/{apiId}/stages/{name}",
            "invokeUrl": "https://{apiId}.execute-api.{region}.amazonaws.com/",
        },
    ),
}
