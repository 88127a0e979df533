"""How a fault reaches the engine: as the status of the call, in the words of the local home."""

from collections.abc import Callable
from typing import Any

import grpc

from local.host.errors import HostError


class FaultsAsStatus(grpc.ServerInterceptor):  # type: ignore[misc] # the library is untyped
    """Ends a call that meets a fault with the fault's message, which the engine shows beside the resource."""

    def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler], details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler:
        """Wraps the method that is called."""
        found = continuation(details)
        if found is None or found.unary_unary is None:
            return found

        def told(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                return found.unary_unary(request, context)
            except HostError as fault:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(fault))

        return grpc.unary_unary_rpc_method_handler(told, found.request_deserializer, found.response_serializer)
