"""The stack's Pulumi program, run in this process: captured as a model, or realised in an AWS emulator."""

from local.host.capture import capture
from local.host.cloud import Cloud
from local.host.errors import HostError
from local.host.model import Model, Resource
from local.host.realise import realise

__all__ = ["Cloud", "HostError", "Model", "Resource", "capture", "realise"]
