"""A region, as its Pulumi program declares it, made real in the emulator."""

import hashlib
from pathlib import Path

from local.cli.run import Run, Site
from local.host.cloud import Cloud
from local.host.realise import realise
from local.machine.layout import Layout
from local.machine.postgres import PORT
from local.machine.stand_ins import StandIns
from local.overlay import overlay

CLUSTER, HEALTH_CHECK = "aws:rds/cluster:Cluster", "aws:route53/healthCheck:HealthCheck"


def model_file(layout: Layout) -> Path:
    """Where the model of the last run is kept."""
    return layout.state / "model.json"


def create(run: Run, site: Site) -> str:
    """Run the program; every resource it declares is created, adopted or updated."""
    run.emulator.wait_ready()
    cloud = Cloud(run.emulator.endpoint, run.database_host, PORT, site.edge_url)
    site.model = realise(site.region, overlay(site.layout), cloud, model_file(site.layout))
    if site is run.sites[-1]:
        _stand_ins(run).save(run.emulator.stand_ins)
    return f"{len(site.model.resources)} resources"


def _stand_ins(run: Run) -> StandIns:
    """Whatever a region's health checks ask by name, its edge answers; its server plays its clusters."""
    return StandIns(
        {check.inputs["fqdn"]: site.edge_url for site in run.sites for check in site.model.of_type(HEALTH_CHECK)},
        {cluster.outputs["arn"]: site.postgres.server for site in run.sites for cluster in site.model.of_type(CLUSTER)},
        run.database_host,
    )


def keep(run: Run) -> str | None:
    """Have the emulator write down the resources and users, unless nothing has changed since it last did."""
    models = "".join(site.model.to_json() for site in run.sites)
    digest = hashlib.sha256(f"{models}{sorted(run.users.items())}".encode()).hexdigest()
    kept = run.layout.state / "emulator" / "checkpoint"
    if kept.exists() and kept.read_text() == digest:
        return "unchanged"
    run.emulator.checkpoint(run.supervisor)
    kept.write_text(digest)
    return None
