"""A provider plugin: answers the engine's questions about resources from the handlers of the local home."""

# ruff: noqa: N802 the methods have the names of the RPCs

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from local.host.capture import SHAPES, shape_of
from local.host.cloud import Cloud
from local.host.difference import difference
from local.host.emulator import Emulator
from local.host.model import Resource
from local.host.realise import account_of
from local.host.realiser import Realiser
from local.host.shapes.functions import answer
from local.host.shapes.shape import Place
from local.host.wire import plain_object, to_struct

Differs = provider_pb2.DiffResponse


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider; the engine starts a process for each.

    Secrets come plain; the engine marks the outputs that have the name of a secret input.
    """

    def __init__(self, package: str, cloud: Cloud) -> None:
        self._package = package
        self._cloud = cloud
        self._region = ""
        self._account_of = cache(account_of)

    def GetPluginInfo(self, _: empty_pb2.Empty, __: object) -> plugin_pb2.PluginInfo:
        """Is as new as the SDK that the program uses."""
        return plugin_pb2.PluginInfo(version=version(f"pulumi-{self._package}"))

    def CheckConfig(self, request: provider_pb2.CheckRequest, _: object) -> provider_pb2.CheckResponse:
        """Takes every configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, _: object) -> provider_pb2.DiffResponse:
        """Another configuration leaves the resources where they are."""
        same = request.old_inputs == request.news
        return provider_pb2.DiffResponse(changes=Differs.DIFF_NONE if same else Differs.DIFF_SOME)

    def Configure(self, request: provider_pb2.ConfigureRequest, _: object) -> provider_pb2.ConfigureResponse:
        """Takes the region."""
        self._region = plain_object(request.args).get("region", "")
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, _: object) -> provider_pb2.InvokeResponse:
        """Answers a provider function."""
        arguments = plain_object(request.args)
        answered = answer(request.tok, arguments, self._place(arguments))
        return provider_pb2.InvokeResponse(**{"return": to_struct(answered)})

    def Check(self, request: provider_pb2.CheckRequest, _: object) -> provider_pb2.CheckResponse:
        """Refuses a type that is not known; what a value may be is the emulator's to say."""
        if request.type in SHAPES:
            return provider_pb2.CheckResponse(inputs=request.news)
        reason = "this type is not known to the local home"
        return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=reason)])

    def Diff(self, request: provider_pb2.DiffRequest, _: object) -> provider_pb2.DiffResponse:
        """Says which inputs differ, and whether that makes it another resource."""
        found = difference(request.type, plain_object(request.old_inputs), plain_object(request.news))
        return provider_pb2.DiffResponse(
            changes=Differs.DIFF_SOME if found.changed else Differs.DIFF_NONE,
            diffs=found.changed,
            replaces=found.replacing,
            deleteBeforeReplace=found.delete_first,
        )

    def Create(self, request: provider_pb2.CreateRequest, _: object) -> provider_pb2.CreateResponse:
        """Makes the resource; a preview only says which outputs it would have."""
        declared = _resource(request, request.properties)
        if request.preview:
            promised = dict.fromkeys(shape_of(declared).outputs, UNKNOWN)
            return provider_pb2.CreateResponse(properties=to_struct({**promised, **declared.inputs}))
        made = self._realiser(declared).make(declared)
        return provider_pb2.CreateResponse(id=made.id, properties=to_struct({**declared.inputs, **made.outputs}))

    def Update(self, request: provider_pb2.UpdateRequest, _: object) -> provider_pb2.UpdateResponse:
        """Brings the resource to its new inputs; it keeps its outputs."""
        declared = _resource(request, request.news, request.olds, ignored=tuple(request.ignoreChanges))
        kept = {key: value for key, value in declared.outputs.items() if key in shape_of(declared).outputs}
        made = {} if request.preview else self._realiser(declared).make(declared).outputs
        return provider_pb2.UpdateResponse(properties=to_struct({**kept, **declared.inputs, **made}))

    def Read(self, request: provider_pb2.ReadRequest, _: object) -> provider_pb2.ReadResponse:
        """Says what the resource is by now; without an id if it is gone."""
        known = _resource(request, request.inputs, request.properties)
        seen = self._realiser(known).look_at(known)
        if seen is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=request.id, inputs=to_struct(seen.inputs), properties=to_struct(seen.outputs)
        )

    def Delete(self, request: provider_pb2.DeleteRequest, _: object) -> empty_pb2.Empty:
        """Removes the resource."""
        known = _resource(request, request.old_inputs, request.properties)
        self._realiser(known).remove(known)
        return empty_pb2.Empty()

    def Cancel(self, _: empty_pb2.Empty, __: object) -> empty_pb2.Empty:
        """Has nothing to interrupt: every answer of the emulator takes but a moment."""
        return empty_pb2.Empty()

    def _realiser(self, resource: Resource) -> Realiser:
        return Realiser(self._cloud, Emulator(self._cloud.emulator, self._place(resource.inputs), None))

    def _place(self, inputs: Mapping[str, Any]) -> Place:
        region = str(inputs.get("region", self._region))
        return Place(self._account_of(self._cloud.emulator, region) if self._package == "aws" else "", region)


def _resource(
    request: Any, inputs: struct_pb2.Struct, outputs: struct_pb2.Struct | None = None, ignored: tuple[str, ...] = ()
) -> Resource:
    return Resource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        inputs=plain_object(inputs),
        outputs=plain_object(outputs or struct_pb2.Struct()),
        id=getattr(request, "id", None),
        ignore_changes=ignored,
    )
