"""What is watched follows from sizes, and every line that is searched in the logs is one that services write."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pulumi
import pytest

from infra.monitors import balancer, database, function, logs, queue, workload
from infra.monitors.incidents import COUNTED_ONLY, INCIDENTS
from infra.monitors.watch import Source, grouped, lines, metric, percent, scoped
from infra.placement import Placement
from local.host.capture import ROOT
from services.registry import SERVICES
from tests.support.datadog import grouped_by, picks, scopes

HERE = Placement("111122223333", "eu-west-1")
GRAVE = {"error", "exception", "critical"}


def test_a_query_says_the_window_the_place_and_the_thing() -> None:
    assert metric("max", 10, f"max:a.b{scoped(HERE, queuename='q')}") == (
        "max(last_10m):max:a.b{aws_account:111122223333,region:eu-west-1,queuename:q}"
    )
    assert grouped("{region:eu-west-1}", "queuename") == "{region:eu-west-1} by {queuename}"
    assert metric("min", 24 * 60, "min:a.b{*}") == "min(last_24h):min:a.b{*}"
    assert percent("sum:a{*}", "sum:b{*}") == "sum:a{*}.as_count() / sum:b{*}.as_count() * 100"
    assert lines(15, "eu", "parked", ("order", "relay")) == (
        'logs("service:(order OR relay) @region:eu \\"parked\\"").index("*").rollup("count").last("15m")'
    )


@pytest.mark.parametrize(
    ("instance_class", "gib"), [("db.r8g.large", 16), ("db.r6i.2xlarge", 64), ("db.r7g.16xlarge", 512)]
)
def test_the_memory_of_an_instance_follows_from_its_class(instance_class: str, gib: int) -> None:
    assert database.memory(instance_class) == gib * 1024**3


@pytest.mark.parametrize("instance_class", ["db.t4g.medium", "db.r8g.48xlarge", "db.serverless.v2"])
def test_a_class_of_unknown_memory_is_refused_by_the_name_of_its_property(instance_class: str) -> None:
    with pytest.raises(pulumi.InputPropertiesError, match=rf"instance_class is '{instance_class}'"):
        database.watches("shop", HERE, instance_class, 2)


def test_connections_are_limited_by_memory_and_never_beyond_five_thousand() -> None:
    assert database.most_connections(16 * 1024**3) == 1802
    assert database.most_connections(512 * 1024**3) == 5000


@pytest.mark.parametrize("autoscaler", ["mail", "keda-hpa-mail"])
def test_a_service_that_cannot_grow_is_not_watched_for_having_grown(autoscaler: str) -> None:
    tags = {"kube_cluster_name": "c", "kube_namespace": "n", "horizontalpodautoscaler": autoscaler}
    for fixed, watched in (([], True), (["mail"], False), (["support-mail"], True), (["a", "mail"], False)):
        (most,) = (one for one in workload.watches("c", "n", 2, fixed) if one.anchor == "workload-maximum")
        (scope,) = set(scopes(str(most.query)))
        assert picks(scope, tags) is watched


def test_what_is_asked_for_by_a_tag_is_told_by_its_name() -> None:
    """Without it nobody knows who is meant; a name by which nothing is asked for is shown as nothing."""
    grouped_ones = [
        *workload.watches("c", "n", 2),
        *balancer.watches("shop-api", HERE, "eu-"),
        queue.dead_letters("shop", HERE),
    ]
    seen = set()
    for watch in grouped_ones:
        tag, named = grouped_by(str(watch.query)), set(re.findall(r"{{(\w+)\.name}}", watch.meaning))
        assert named == ({tag} if tag else set())
        seen.add(tag)
    assert seen == {"kube_deployment", "horizontalpodautoscaler", "targetgroup", "queuename", None}


def test_a_function_is_missed_after_three_periods() -> None:
    (silent,) = (one for one in function.watches("clock", HERE, 5, "sun") if one.anchor == "function-silent")
    assert str(silent.query).startswith("sum(last_15m):")
    assert silent.thresholds.comparison == "< 1"


def test_only_what_aws_counts_comes_late() -> None:
    assert {source.delay_seconds > 0: source for source in Source}[True] is Source.AWS


def written() -> Iterator[tuple[str, str]]:
    """Every constant line that the code of a pod writes, with its level."""
    folders = {ROOT / "services" / name for name in ("common", *(service.package for service in SERVICES))}
    for path in chain.from_iterable(sorted(folder.rglob("*.py")) for folder in sorted(folders)):
        yield from lines_of(path)


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr=level), args=[ast.Constant(value=str(text)), *_]) if (
                "log" in ast.unparse(node.func).lower() and level in {"warning", *GRAVE}
            ):
                yield level, text


def test_every_incident_is_a_line_that_a_service_writes() -> None:
    texts = {text for _, text in written()}
    assert {incident.text for incident in INCIDENTS} | COUNTED_ONLY.keys() <= texts


def test_every_grave_line_is_an_incident_or_says_why_it_is_only_counted() -> None:
    grave = {text for level, text in written() if level in GRAVE}
    watched = {incident.text for incident in INCIDENTS}
    assert watched.isdisjoint(COUNTED_ONLY)
    assert grave <= watched | COUNTED_ONLY.keys()


def test_every_incident_of_certain_services_names_services_that_there_are() -> None:
    known = {service.name for service in SERVICES}
    assert {name for incident in INCIDENTS for name in incident.services} <= known
    assert any(incident.services for incident in INCIDENTS)


def test_every_incident_has_a_monitor_of_its_own() -> None:
    queries = [str(watch.query) for watch in logs.watches("shop", "eu")]
    for incident in INCIDENTS:
        assert sum(f'\\"{incident.text}\\"' in query for query in queries) == 1
