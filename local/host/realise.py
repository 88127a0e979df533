"""Makes a stack real on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.host import state as states
from local.host.capture import ROOT, Inventor, shape_of
from local.host.cloud import Cloud
from local.host.emulator import Clients, Emulator
from local.host.engine import Monitor
from local.host.errors import HostError, ResourceError
from local.host.handlers.table import HANDLERS
from local.host.model import Model, Resource
from local.host.played import PLAYERS
from local.host.program import run_program
from local.host.provider import Made
from local.host.shapes.shape import Place
from local.host.stack_config import read_config, read_project, upstream_of
from local.host.verdict import refuse_violations


def realise(
    stack: str, overlay: Mapping[str, Any] | None, cloud: Cloud, state: Path | None = None, root: Path = ROOT
) -> Model:
    """Creates, adopts or updates in the emulator what the stack declares; what exists is found by name.

    The program runs twice: once captured, which the policies judge whole, and only then for real. What the stack stands
    on is realised before it, by its own settings file alone and with a state file beside this one's.

    Args:
        stack: Names the settings file, `Pulumi.<stack>.yaml`.
        overlay: Settings laid over that file.
        cloud: Where the emulator, the database and the edge are.
        state: File that keeps the model until the next run, which deletes what is no longer declared; resources of a
            type that cannot be deleted are named in the log.
        root: The directory of `Pulumi.yaml`.

    Raises:
        PolicyError: the stack breaks a mandatory policy; nothing was created.
        HostError: the settings, the program or one of its resources is wrong. What was made before the fault stays.
    """
    project = read_project(root)
    config = read_config(project, stack, overlay or {})
    region = config.get("aws:region", "")
    place = Place(_account(cloud, region), region)
    upstream = {
        other: realise(other, None, cloud, _beside(state, other), root).outputs for other in upstream_of(project, stack)
    }
    rehearsal = Monitor(project.name, stack, Inventor(place), upstream)
    run_program(project, stack, config, rehearsal)
    plan = rehearsal.record.model()
    refuse_violations(plan)
    previous = states.load(state, stack) if state else Model(stack, (), {})
    emulator = Emulator(cloud.emulator, place, plan)
    monitor = Monitor(project.name, stack, Realiser(cloud, emulator), upstream)
    try:
        run_program(project, stack, config, monitor)
    except HostError:
        if state:
            states.save(state, states.merged(previous, monitor.record.model()))
        raise
    model = monitor.record.model()
    states.remove(states.orphans(previous, model), model, emulator)
    if state:
        states.save(state, model)
    return model


class Realiser(Inventor):
    """Has real resources made by their handlers, and invents only what nothing plays."""

    def __init__(self, cloud: Cloud, emulator: Emulator) -> None:
        super().__init__(emulator.place)
        self._cloud = cloud
        self._emulator = emulator

    def make(self, declared: Resource) -> Made:
        """Creates or adopts the resource, points it at what plays it, or only records it."""
        invented = shape_of(declared).fill(declared, self._emulator.place)
        if declared.type in PLAYERS:
            return Made(invented.id, {**invented.outputs, **PLAYERS[declared.type](self._cloud)})
        if declared.type not in HANDLERS:
            return invented
        region = declared.inputs.get("region", self._emulator.place.region)
        if region != self._emulator.place.region:
            raise ResourceError(
                declared.type, declared.urn, f"'region' is {region}; the local home has one region at a time"
            )
        try:
            made = HANDLERS[declared.type].make(declared, self._emulator)
        except (ClientError, BotoCoreError) as error:
            raise ResourceError(declared.type, declared.urn, f"the emulator refused it: {error}") from error
        except KeyError as error:
            problem = f"{error} is missing, in its own properties or in the emulator's answer"
            raise ResourceError(declared.type, declared.urn, problem) from error
        return Made(made.id, {**invented.outputs, **made.outputs})


def _beside(state: Path | None, stack: str) -> Path | None:
    return state and state.with_name(f"{state.stem}-{stack}{state.suffix}")


def _account(cloud: Cloud, region: str) -> str:
    if not region:
        raise HostError("'aws:region' is not set for this stack; the emulator keeps every resource in a region")
    try:
        return Clients(cloud.emulator, region).account
    except (ClientError, BotoCoreError) as error:
        raise HostError(f"the AWS emulator at {cloud.emulator} does not answer: {error}") from error
