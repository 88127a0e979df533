"""The pack as the engine's analyzer: the SDK's own servicer, told what the stack's settings say."""

import grpc
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy import policy as sdk

from policies.pack import pulumi_policies
from policies.settings import PolicySettingsError, parse

NAME = "cloud-sales"
VERSION = "0.0.1"
"""As the SDK has it; the engine takes the one of `PulumiPolicy.yaml`."""


class Servicer(sdk._PolicyAnalyzerServicer):  # noqa: SLF001
    """Takes levels, choices and waivers from the configuration of the stack that is judged.

    The engine hands that over before it asks for anything else. The SDK drops it, and has no public place where it
    could be had: so its servicer is extended here, and `tests/unit/policies/test_serving.py` sees that it still is one.
    """

    def ConfigureStack(  # noqa: N802 the name of the RPC
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: grpc.ServicerContext
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """Begins anew with the policies as they hold for the stack; refuses a stack whose settings are wrong."""
        try:
            policies = pulumi_policies(parse(request.config))
        except PolicySettingsError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Pulumi.{request.stack}.yaml: {error}")
        super().__init__(NAME, VERSION, policies, EnforcementLevel.MANDATORY)
        answer: analyzer_pb2.AnalyzerStackConfigureResponse = super().ConfigureStack(request, context)
        return answer


def serve() -> None:
    """Serves the pack until the process is ended."""
    # The one place where the SDK looks for it.
    setattr(sdk, "_PolicyAnalyzerServicer", Servicer)  # noqa: B010 an assignment to a class is none for mypy
    sdk.PolicyPack(NAME, pulumi_policies(), EnforcementLevel.MANDATORY)
