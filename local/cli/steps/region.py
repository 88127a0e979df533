"""The region, as its Pulumi program declares it, made real in the emulator."""

import hashlib
from pathlib import Path

from local.cli.run import STACK, Run
from local.host.cloud import Cloud
from local.host.model import Model
from local.host.realise import realise
from local.machine.layout import Layout
from local.machine.postgres import PORT
from local.machine.programs import ProgramStore
from local.machine.stand_ins import StandIns
from local.overlay import overlay

CLUSTER, HEALTH_CHECK = "aws:rds/cluster:Cluster", "aws:route53/healthCheck:HealthCheck"


def model_file(layout: Layout) -> Path:
    """Where the model of the last run is kept."""
    return layout.state / "model.json"


def create(run: Run) -> str:
    """Run the program; every resource it declares is created, adopted or updated."""
    run.emulator.wait_ready()
    cloud = Cloud(run.emulator.endpoint, str(run.postgres.sockets), PORT, run.api_url)
    run.model = realise(STACK, overlay(run.layout), cloud, model_file(run.layout))
    StandIns(
        _hosts(run.model, run.api_url),
        {cluster.outputs["arn"]: run.postgres.server for cluster in run.model.resources if cluster.type == CLUSTER},
        str(run.postgres.sockets),
        str(ProgramStore(run.layout).socket),
    ).save(run.emulator.stand_ins)
    return f"{len(run.model.resources)} resources"


def _hosts(model: Model, edge: str) -> dict[str, str]:
    """Whatever the region's health checks ask by name, its edge answers."""
    return {one.inputs["fqdn"]: edge for one in model.resources if one.type == HEALTH_CHECK}


def keep(run: Run) -> str | None:
    """Have the emulator write down the resources and users, unless nothing has changed since it last did."""
    digest = hashlib.sha256(f"{run.model.to_json()}{sorted(run.users.items())}".encode()).hexdigest()
    kept = run.layout.state / "emulator" / "checkpoint"
    if kept.exists() and kept.read_text() == digest:
        return "unchanged"
    run.emulator.checkpoint(run.supervisor)
    kept.write_text(digest)
    return None
