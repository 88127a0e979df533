"""The chart refuses values it does not understand, and says where they stand."""

from collections.abc import Callable
from typing import Any

import helm_python
import pytest

from tests.unit.charts.release import render, values

Values = dict[str, Any]


def setting(*path: str, to: object) -> Callable[[Values], None]:
    def change(chosen: Values) -> None:
        holder = chosen
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = to

    return change


def without(*path: str) -> Callable[[Values], None]:
    def change(chosen: Values) -> None:
        holder = chosen
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]

    return change


def case(title: str, change: Callable[[Values], None], *said: str) -> object:
    return pytest.param(change, said, id=title)


ORDER = ("workloads", "order")
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/eu-order/0123456789abcdef"
FEWEST = (*ORDER, "replicas", "minimum")
MIGRATION = ("workloads", "database")

REFUSED = [
    case("no-image", without("image"), "missing property 'image'"),
    case("no-region", without("region"), "missing property 'region'"),
    case("no-environment", without("environment"), "missing property 'environment'"),
    case("no-workloads", without("workloads"), "missing property 'workloads'"),
    case("no-tag", without("image", "tag"), "/image", "missing property 'tag'"),
    case("no-role", without(*ORDER, "role"), "/workloads/order", "missing property 'role'"),
    case("no-command", without(*ORDER, "command"), "/workloads/order", "missing property 'command'"),
    case("no-replicas", without(*ORDER, "replicas"), "/workloads/order", "missing property 'replicas'"),
    case("no-maximum", without(*ORDER, "replicas", "maximum"), "/workloads/order/replicas", "'maximum'"),
    case("no-egress", without(*ORDER, "egress"), "/workloads/order", "missing property 'egress'"),
    case("no-scaling", without("scaling", "cpuPercent"), "/scaling", "missing property 'cpuPercent'"),
    case("no-network", without("network"), "missing property 'network'"),
    case("no-aws-region", without("awsRegion"), "missing property 'awsRegion'"),
    case("no-resources", without(*ORDER, "resources"), "/workloads/order", "missing property 'resources'"),
    case("no-memory", without(*ORDER, "resources", "memory"), "/workloads/order/resources", "'memory'"),
    case("no-own-environment", without(*ORDER, "environment"), "/workloads/order", "missing property 'environment'"),
    case("unknown-top", setting("regoin", to="eu"), "additional properties 'regoin' not allowed"),
    case("unknown-image", setting("image", "pullPolicy", to="Always"), "/image", "'pullPolicy' not allowed"),
    case("unknown-workload", setting(*ORDER, "replica", to=2), "/workloads/order", "'replica' not allowed"),
    case("unknown-resource", setting(*ORDER, "resources", "gpu", to="1"), "/workloads/order/resources", "'gpu'"),
    case("number-as-replicas", setting(*ORDER, "replicas", to=2), "/workloads/order/replicas", "want object"),
    case("text-replicas", setting(*FEWEST, to="2"), "/workloads/order/replicas/minimum", "want integer"),
    case("half-a-replica", setting(*FEWEST, to=1.5), "/workloads/order/replicas/minimum", "want integer"),
    case("no-replica-left", setting(*FEWEST, to=0), "/workloads/order/replicas/minimum", "minimum"),
    case("too-many-replicas", setting(*FEWEST, to=1000), "/workloads/order/replicas/minimum", "maximum"),
    case("many-migrations", setting(*MIGRATION, "replicas", to={"minimum": 1, "maximum": 2}), "/database/replicas"),
    case("cpu-beyond-reach", setting("scaling", "cpuPercent", to=100), "/scaling/cpuPercent", "maximum"),
    case("no-message-a-pod", setting("scaling", "messagesPerPod", to=0), "/scaling/messagesPerPod", "minimum"),
    case("any-caller", setting("network", "ingressCidrs", to=["0.0.0.0/0"]), "/network/ingressCidrs/0", "pattern"),
    case("no-database", setting("network", "databaseCidrs", to=[]), "/network/databaseCidrs", "minItems"),
    case("unknown-callee", setting(*ORDER, "egress", to=["smtp"]), "/workloads/order/egress/0", "'https'"),
    case("queues-of-an-api", setting(*ORDER, "queues", to=["https://sqs.example/a"]), "/workloads/order/queues"),
    case("queue-without-url", setting("workloads", "email", "queues", to=["email"]), "/email/queues/0", "pattern"),
    case("unknown-role", setting(*ORDER, "role", to="cron"), "/workloads/order/role", "'web', 'worker', 'migrate'"),
    case("command-as-text", setting(*ORDER, "command", to="python -m services"), "/command", "want array"),
    case("empty-command", setting(*ORDER, "command", to=[]), "/workloads/order/command", "minItems"),
    case("number-as-cpu", setting(*ORDER, "resources", "cpu", to=1), "/workloads/order/resources/cpu", "want string"),
    case("cpu-nothing", setting(*ORDER, "resources", "cpu", to="0m"), "/workloads/order/resources/cpu", "pattern"),
    case("memory-unit", setting(*ORDER, "resources", "memory", to="256M"), "/resources/memory", "pattern"),
    case("number-in-environment", setting("environment", "TRIES", to=5), "/environment/TRIES", "want string"),
    case(
        "lower-case-variable", setting("environment", "log_level", to="INFO"), "/environment", "'log_level' not allowed"
    ),
    case("chart-s-own-port", setting("environment", "PORT", to="80"), "/environment/PORT", "false schema"),
    case("chart-s-own-address", setting(*ORDER, "environment", "POD_IP", to="::"), "/order/environment/POD_IP"),
    case("expanded-value", setting("environment", "X", to="a$(PORT)"), "/environment/X", "'not' failed"),
    case("expanded-command", setting(*ORDER, "command", to=["$(X)"]), "/workloads/order/command/0", "'not' failed"),
    case("short-digest", setting("image", "digest", to="sha256:abc"), "/image/digest", "pattern"),
    case("moving-tag", setting("image", "tag", to="latest"), "/image/tag", "'not' failed"),
    case(
        "tag-in-repository", setting("image", "repository", to="Registry/Cloud Sales"), "/image/repository", "pattern"
    ),
    case("region-code", setting("region", to="EU"), "/region", "pattern"),
    case("no-workload-left", setting("workloads", to={}), "/workloads", "minProperties"),
    case("workload-name", setting("workloads", "Order_Service", to={}), "/workloads", "'Order_Service' not allowed"),
    case("worker-with-group", setting("workloads", "relay", "targetGroup", to=GROUP), "/workloads/relay/targetGroup"),
    case("migration-with-group", setting(*MIGRATION, "targetGroup", to=GROUP), "/workloads/database/targetGroup"),
    case("group-by-name", setting(*ORDER, "targetGroup", to="eu-order"), "/workloads/order/targetGroup", "pattern"),
    case("paths-of-a-workload", setting(*ORDER, "paths", to=["/orders"]), "/workloads/order", "'paths' not allowed"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED)
def test_refused_with_the_place_and_the_reason(change: Callable[[Values], None], said: tuple[str, ...]) -> None:
    chosen = values("eu")
    change(chosen)
    with pytest.raises(helm_python.HelmValuesError) as refusal:
        render(chosen)
    for part in said:
        assert part in str(refusal.value)


def test_nothing_has_a_silent_default() -> None:
    with pytest.raises(helm_python.HelmValuesError) as refusal:
        render({})
    for key in ("image", "region", "awsRegion", "environment", "scaling", "network", "workloads"):
        assert f"'{key}'" in str(refusal.value)


def test_a_minimum_above_its_maximum_is_refused_by_the_workload() -> None:
    chosen = values("eu")
    chosen["workloads"]["email"]["replicas"] = {"minimum": 5, "maximum": 4}
    with pytest.raises(
        helm_python.HelmRenderError, match=r"workloads.email.replicas: minimum 5 is more than maximum 4"
    ):
        render(chosen)


@pytest.mark.parametrize("cpu", ["100m", "1", "0.5"])
def test_cpu_may_be_given_in_cores_or_millicores(cpu: str) -> None:
    chosen = values("eu")
    chosen["workloads"]["order"]["resources"]["cpu"] = cpu
    assert render(chosen)


def test_a_web_workload_may_stay_inside_the_cluster() -> None:
    chosen = values("eu")
    for workload in chosen["workloads"].values():
        workload.pop("targetGroup", None)
    assert "TargetGroupBinding" not in {one["kind"] for one in render(chosen)}
