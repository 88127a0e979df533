"""The engine's side of a Pulumi program: the monitor to which the program registers its resources."""

# ruff: noqa: N802 the methods have the names of the RPCs

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, resource_pb2

from local.host.assets import hashed
from local.host.errors import HostError, ResourceError
from local.host.model import Resource
from local.host.provider import Provider
from local.host.record import Record
from local.host.wire import plain_object, to_struct, unknown_paths

STACK_TYPE = "pulumi:pulumi:Stack"
REFERENCE_TYPE = "pulumi:pulumi:StackReference"

# Without the features for secrets and references, the SDK sends plain values and ids. Transforms and hooks are left out
# because nothing here runs them: the SDK then refuses them instead of having them ignored.
FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
)

LEVELS = {
    engine_pb2.DEBUG: logging.DEBUG,
    engine_pb2.INFO: logging.INFO,
    engine_pb2.WARNING: logging.WARNING,
    engine_pb2.ERROR: logging.ERROR,
}

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Monitor:
    """Has every registration made by a provider and kept in a record.

    The public methods are the RPCs of Pulumi's resource monitor; the SDK calls them from several threads.

    `upstream` holds the outputs of the stacks that the program may refer to, by their names.

    Attributes:
        fault: The first refusal. Once there is one, nothing more is made.
    """

    def __init__(
        self, project: str, stack: str, provider: Provider, upstream: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.fault: HostError | None = None
        self.record = Record(stack)
        self._upstream = upstream or {}
        self._project = project
        self._stack_urn = f"urn:pulumi:{stack}::{project}::{STACK_TYPE}::{project}-{stack}"
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._provider = provider

    def GetDeploymentInfo(self, _: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        """Says which optional parts of the protocol are spoken here."""
        return resource_pb2.DeploymentInfo(supportedFeatures=FEATURES)

    def SignalAndWaitForShutdown(self, _: empty_pb2.Empty) -> empty_pb2.Empty:
        """The program ended; there is nothing to wait for."""
        return empty_pb2.Empty()

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        """Has the resource made. An output that its provider does not answer stays unknown."""
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=self._stack_urn)
        made = self._guarded(self._register, request)
        added = {key: value for key, value in made.outputs.items() if made.inputs.get(key) != value}
        return resource_pb2.RegisterResourceResponse(
            urn=made.urn, id=made.id or "", object=to_struct(added), unknown=True
        )

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        """Keeps what a component, or the stack, shows to others."""
        self._guarded(self._show, request)
        return empty_pb2.Empty()

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        """Answers a provider function."""
        answer = self._guarded(self._provider.invoke, request.tok, plain_object(request.args))
        return resource_pb2.ResourceInvokeResponse(**{"return": to_struct(answer)})

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        """Answers another stack's outputs. Else refuses: here nothing exists but what the stacks declare."""
        urn = self._urn(request.parent, request.type, request.name)
        outputs = self._guarded(self._read, request, urn)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=to_struct(outputs))

    def _guarded(self, step: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if self.fault:
            raise self.fault
        try:
            return step(*args, **kwargs)
        except HostError as fault:
            self.fault = self.fault or fault
            raise

    def _register(self, request: resource_pb2.RegisterResourceRequest) -> Resource:
        declared = Resource(
            urn=self._urn(request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            inputs=hashed(plain_object(request.object)) if request.custom or request.remote else {},
            parent=None if request.parent in {"", self._stack_urn} else request.parent,
            protect=request.protect,
            dependencies=tuple(sorted(request.dependencies)),
            ignore_changes=tuple(request.ignoreChanges),
        )
        self.record.claim(declared)
        if not (request.custom or request.remote):
            return declared
        self._all_known(declared.type, declared.urn, declared.inputs)
        made = self._provider.make(declared)
        resource = replace(declared, id=made.id, outputs={**declared.inputs, **made.outputs})
        self.record.complete(resource)
        return resource

    def _show(self, request: resource_pb2.RegisterResourceOutputsRequest) -> None:
        outputs = plain_object(request.outputs)
        self._all_known(request.urn.split("::")[2].rpartition("$")[2], request.urn, outputs)
        if request.urn == self._stack_urn:
            self.record.export(outputs)
        else:
            self.record.show(request.urn, outputs)

    def _read(self, request: resource_pb2.ReadResourceRequest, urn: str) -> dict[str, object]:
        if request.type != REFERENCE_TYPE:
            raise ResourceError(
                request.type, urn, f"cannot read '{request.id}': here nothing exists but what the stack declares"
            )
        _, project, stack = request.id.split("/") if request.id.count("/") == 2 else ("", self._project, request.id)
        if project != self._project:
            raise ResourceError(request.type, urn, f"'{request.id}' is a stack of another project")
        if stack not in self._upstream:
            stood_on = ", ".join(self._upstream) or "no other"
            raise ResourceError(request.type, urn, f"refers to the stack '{stack}'; this one stands on {stood_on}")
        # The values stand in the other stack's own model; here only that they are read.
        declared = Resource(urn, request.type, request.name, {"name": request.id}, {"name": request.id}, request.id)
        self.record.claim(declared)
        return {"name": request.id, "outputs": dict(self._upstream[stack]), "secretOutputNames": []}

    def _all_known(self, resource_type: str, urn: str, values: dict[str, object]) -> None:
        for path in unknown_paths(values):
            raise ResourceError(
                resource_type, urn, f"'{path}' is made from an output that the local home does not answer"
            )

    def _urn(self, parent: str, resource_type: str, name: str) -> str:
        # As the engine does it: the types of all parents below the stack stand before the resource's own.
        inherited = "" if parent in {"", self._stack_urn} else parent.split("::")[2] + "$"
        return f"{self._prefix}{inherited}{resource_type}::{name}"


class EngineLog:
    """The engine's log: receives what the program says with `pulumi.log`."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def Log(self, request: engine_pb2.LogRequest) -> None:
        """Passes the message on."""
        self._logger.log(LEVELS[request.severity], request.message)
