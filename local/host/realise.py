"""Makes a stack real on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.host import state as states
from local.host.capture import ROOT, Inventor
from local.host.cloud import Cloud
from local.host.emulator import Clients, Emulator
from local.host.engine import Monitor
from local.host.errors import HostError
from local.host.model import Model
from local.host.program import run_program
from local.host.realiser import Realiser
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
    place = Place(account_of(cloud.emulator, region), region)
    upstream = {
        other: realise(other, None, cloud, state and beside(state, other), root).outputs
        for other in upstream_of(project, stack)
    }
    rehearsal = Monitor(project.name, stack, Inventor(place), upstream)
    run_program(project, stack, config, rehearsal)
    plan = rehearsal.record.model()
    refuse_violations(plan, config)
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


def beside(state: Path, stack: str) -> Path:
    """The state file of a stack that the one of `state` stands on."""
    return state.with_name(f"{state.stem}-{stack}{state.suffix}")


def account_of(endpoint: str, region: str) -> str:
    """The account in which the emulator keeps everything.

    Raises:
        HostError: no region is given, or the emulator does not answer.
    """
    if not region:
        raise HostError("'aws:region' is not set for this stack; the emulator keeps every resource in a region")
    try:
        return Clients(endpoint, region).account
    except (ClientError, BotoCoreError) as error:
        raise HostError(f"the AWS emulator at {endpoint} does not answer: {error}") from error
