"""The seams of what is watched: everything declared has its monitors, and every monitor is about something declared."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import pytest

from infra.monitors.unwatched import UNWATCHED
from local.host import Model, Resource
from local.host.capture import ROOT
from services.registry import SERVICES, Role
from tests.support.datadog import grouped_by, picks, scopes
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only, place_of

MONITOR = "datadog:index/monitor:Monitor"
KIND = re.compile(r"cloudsales:infra:(\w+)")
PAGE = (ROOT / "docs" / "monitors.md").read_text(encoding="utf-8")
ANCHORS = re.findall(r"^### ([a-z0-9-]+)$", PAGE, re.MULTILINE)


@pytest.fixture(params=[WORLDWIDE, *STACKS])
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


@pytest.fixture(params=STACKS)
def region(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def monitors(model: Model) -> Iterator[dict[str, object]]:
    for resource in model.of_type(MONITOR):
        yield dict(resource.inputs)


def kind_of(monitor: Resource) -> str:
    (kind,) = (tag.removeprefix("component:") for tag in monitor.inputs["tags"] if tag.startswith("component:"))
    return str(kind)


def anchor_of(monitor: Resource) -> str:
    (anchor,) = re.findall(r"^To do: https://\S+#(\S+)$", monitor.inputs["message"], re.MULTILINE)
    return str(anchor)


def names(model: Model, token: str, key: str) -> set[str]:
    return {str(resource.inputs[key]) for resource in model.of_type(token)}


def test_every_kind_of_component_is_watched_or_says_why_not(model: Model) -> None:
    declared = {found[1] for resource in model.resources if (found := KIND.fullmatch(resource.type))}
    watched = {kind_of(monitor) for monitor in model.of_type(MONITOR)}
    assert watched <= declared
    assert declared - watched <= UNWATCHED.keys()


def test_what_is_said_to_be_unwatched_is_declared_and_unwatched() -> None:
    models = [model_of(stack) for stack in (WORLDWIDE, *STACKS)]
    declared = {found[1] for one in models for resource in one.resources if (found := KIND.fullmatch(resource.type))}
    watched = {kind_of(monitor) for one in models for monitor in one.of_type(MONITOR)}
    assert declared - watched == UNWATCHED.keys()


def test_every_monitor_leads_to_what_is_to_be_done_and_nothing_is_described_for_nobody() -> None:
    linked = {anchor_of(monitor) for stack in (WORLDWIDE, *STACKS) for monitor in model_of(stack).of_type(MONITOR)}
    assert sorted(ANCHORS) == sorted(linked)


def test_only_what_somebody_is_said_to_count_is_asked_for() -> None:
    """Whoever sets up the integration reads there what it has to collect; a misspelt namespace would alarm nobody."""
    asked = set()
    for stack in (WORLDWIDE, *STACKS):
        for monitor in monitors(model_of(stack)):
            query = str(monitor["query"])
            metrics = re.findall(r"[a-z]:((?:aws\.)?[a-z0-9_]+)\.[a-z0-9_.]+\{", query)
            assert bool(metrics) is (monitor["type"] != "log alert"), query
            asked |= {f"`{name}`" for name in metrics} or {"logs"}
    assert sorted(asked) == sorted(re.findall(r"^\| (`\w+(?:\.\w+)?`|logs) \|", PAGE, re.MULTILINE))


def test_no_two_monitors_have_one_name() -> None:
    told = [str(monitor["name"]) for stack in (WORLDWIDE, *STACKS) for monitor in monitors(model_of(stack))]
    assert len(told) == len(set(told))


def test_every_monitor_says_whose_it_is_and_tells_somebody(model: Model) -> None:
    for monitor in model.of_type(MONITOR):
        tags = dict(tag.split(":", 1) for tag in monitor.inputs["tags"])
        assert tags["region"] == model.stack
        assert tags["owner"] == tags["team"] == "cloud-sales-platform"
        assert tags["service"] in {"cloud-sales", "sun"} | {service.name for service in SERVICES}
        handle = monitor.inputs["message"].splitlines()[-1]
        assert handle == (
            "@pagerduty-cloud-sales" if monitor.inputs["priority"] in "12" else "@slack-cloud-sales-operations"
        )


def test_every_queue_is_watched_for_what_waits_and_every_dead_letter_queue_for_what_was_given_up(region: Model) -> None:
    queues = names(region, "aws:sqs/queue:Queue", "name")
    dead = {name for name in queues if name.endswith("-dlq")}
    for names_, metric in (
        (queues - dead, "aws.sqs.approximate_age_of_oldest_message"),
        (dead, "aws.sqs.approximate_number_of_messages_visible"),
    ):
        assert names_
        asked = [str(monitor["query"]) for monitor in monitors(region) if metric in str(monitor["query"])]
        for name in queues:
            assert sum(all_pick(query, aws_tags(region) | {"queuename": name}) for query in asked) == (name in names_)


def aws_tags(region: Model) -> dict[str, str]:
    place = place_of(region)
    return {"aws_account": place.account, "region": place.region}


def all_pick(query: str, tags: Mapping[str, str]) -> bool:
    return all(picks(scope, tags) for scope in scopes(query))


def deployments(region: Model) -> dict[str, dict[str, str]]:
    """The tags by which the agents count each deployment of the release, and its autoscaler."""
    release = only(region, "kubernetes:helm.sh/v3:Release").inputs
    inside = {
        "kube_cluster_name": only(region, "aws:eks/cluster:Cluster").inputs["name"],
        "kube_namespace": release["namespace"],
    }
    return {
        name: inside
        | {"kube_deployment": name, "horizontalpodautoscaler": f"keda-hpa-{name}" if "queues" in one else name}
        for name, one in release["values"]["workloads"].items()
        if one["role"] != Role.MIGRATE.value
    }


def query_of(region: Model, anchor: str) -> str:
    (query,) = (str(one.inputs["query"]) for one in region.of_type(MONITOR) if anchor_of(one) == anchor)
    return query


@pytest.mark.parametrize(
    ("anchor", "tag", "reason"),
    [
        ("workload-restarts", "kube_deployment", {}),
        ("workload-memory", "kube_deployment", {"reason": "oomkilled"}),
        ("workload-unavailable", "kube_deployment", {}),
        ("workload-maximum", "horizontalpodautoscaler", {}),
    ],
)
def test_every_service_is_watched_by_itself(region: Model, anchor: str, tag: str, reason: dict[str, str]) -> None:
    query, deployed = query_of(region, anchor), deployments(region)
    assert deployed.keys() == {service.name for service in SERVICES if service.role is not Role.MIGRATE}
    assert grouped_by(query) == tag
    for tags in deployed.values():
        assert all_pick(query, tags | reason)
        assert not all_pick(query, tags | reason | {"kube_namespace": "kube-system"})


def test_that_a_service_is_there_at_all_is_watched(region: Model) -> None:
    query, deployed = query_of(region, "workload-deployments"), deployments(region)
    assert query.endswith(f" by {{kube_deployment}}) < {len(deployed)}")
    assert all(all_pick(query, tags) for tags in deployed.values())
    (job,) = (service.name for service in SERVICES if service.role is Role.MIGRATE)
    inside = next(iter(deployed.values())) | {"kube_job": job}
    assert all_pick(query_of(region, "workload-migration"), inside)


@pytest.mark.parametrize("anchor", ["balancer-unhealthy", "balancer-target-5xx"])
def test_every_group_of_the_balancer_is_watched_by_itself(region: Model, anchor: str) -> None:
    query = query_of(region, anchor)
    assert grouped_by(query) == "targetgroup"
    groups = names(region, "aws:lb/targetGroup:TargetGroup", "name")
    assert len(groups) == sum(service.role is Role.WEB for service in SERVICES)
    for name in groups:
        assert all_pick(query, aws_tags(region) | {"targetgroup": f"targetgroup/{name}/0"})


def test_what_is_measured_by_a_tag_is_told_by_its_name(model: Model) -> None:
    for monitor in monitors(model):
        tag = grouped_by(str(monitor["query"]))
        assert set(re.findall(r"{{(\w+)\.name}}", str(monitor["message"]))) == ({tag} if tag else set())


def declared_under(model: Model, tag: str) -> set[str]:
    """The names that the tag may have: those of what the stack declares."""
    place = place_of(model)
    web = {service.name for service in SERVICES if service.role is not Role.MIGRATE}
    return {
        "aws_account": {place.account},
        "region": {place.region},
        "queuename": names(model, "aws:sqs/queue:Queue", "name"),
        "functionname": names(model, "aws:lambda/function:Function", "name"),
        "dbclusteridentifier": names(model, "aws:rds/cluster:Cluster", "clusterIdentifier"),
        "dbinstanceidentifier": names(model, "aws:rds/clusterInstance:ClusterInstance", "identifier"),
        "targetgroup": {f"targetgroup/{name}/0" for name in names(model, "aws:lb/targetGroup:TargetGroup", "name")},
        "healthcheckid": {str(one.id) for one in model.of_type("aws:route53/healthCheck:HealthCheck")},
        "clustername": names(model, "aws:eks/cluster:Cluster", "name"),
        "kube_cluster_name": names(model, "aws:eks/cluster:Cluster", "name"),
        "kube_namespace": names(model, "kubernetes:helm.sh/v3:Release", "namespace"),
        "kube_deployment": web,
        "horizontalpodautoscaler": {tags["horizontalpodautoscaler"] for tags in deployments(model).values()},
        "kube_job": {service.name for service in SERVICES} - web,
        # Words of Kubernetes.
        "condition": {"ready"},
        "!status": {"true"},
        "pod_phase": {"pending"},
        "reason": {"oomkilled"},
    }[tag]


def test_every_query_picks_something_that_is_declared(region: Model) -> None:
    for monitor in monitors(region):
        if monitor["type"] == "log alert":
            assert f"@region:{region.stack}" in str(monitor["query"])
            continue
        found = scopes(str(monitor["query"]))
        assert found, monitor["query"]
        for tag, value in (stated.split(":", 1) for scope in found for stated in scope.split(",")):
            assert any(fnmatchcase(name, value) for name in declared_under(region, tag)), (monitor["name"], tag, value)


def test_what_exists_once_is_watched_in_every_region_for_which_it_is_made() -> None:
    shared = list(monitors(model_of(WORLDWIDE)))
    for metric in ("aws.certificatemanager.days_to_expiry", "aws.transitgateway.packet_drop_count_no_route"):
        asked = {
            found
            for one in shared
            if metric in str(one["query"])
            for found in re.findall(r"region:([\w-]+)", str(one["query"]))
        }
        assert asked == {place_of(model_of(stack)).region for stack in STACKS}
    (copy,) = (str(one["query"]) for one in shared if "replication_lag" in str(one["query"]))
    (members,) = re.findall(r"dbclusteridentifier:([\w*-]+)", copy)
    for stack in STACKS:
        (name,) = names(model_of(stack), "aws:rds/cluster:Cluster", "clusterIdentifier")
        assert fnmatchcase(name, members)


def test_an_alarm_comes_before_the_harm(region: Model) -> None:
    """What waits is noticed long before it is forgotten, and connections before there are none for a pod."""
    by_name = {resource.name: resource.inputs for resource in region.of_type(MONITOR)}
    for queue in region.of_type("aws:sqs/queue:Queue"):
        if not queue.inputs["name"].endswith("-dlq"):
            age = float(by_name[f"{queue.inputs['name']}-queue-age"]["monitorThresholds"]["critical"])
            assert queue.inputs["visibilityTimeoutSeconds"] < age < queue.inputs["messageRetentionSeconds"] / 10
    connections = by_name[f"cloud-sales-{region.stack}-database-connections"]["monitorThresholds"]
    assert float(connections["critical"]) == 1441, "80 % of the 1802 of a db.r8g.large"
