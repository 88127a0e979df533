"""A monitor is refused where it would leave somebody in the dark, and is told in the provider's own words."""

import ast
import re
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pulumi
import pytest

from infra.monitor import PROVIDER_VERSION, MonitorArgs, properties
from infra.monitor_terms import Missing, MonitorType, Thresholds, plain
from infra.tags import DataClass, Tags

GOOD = MonitorArgs(
    name="shop-orders: messages wait too long",
    type=MonitorType.METRIC,
    query="max(last_10m):max:aws.sqs.approximate_age_of_oldest_message{queuename:shop-orders}",
    meaning="Nobody empties the queue: its consumer stands.",
    runbook="https://runbook.shop.example/monitors#queue-age",
    notify="@pagerduty-shop",
    priority=2,
    thresholds=Thresholds(900, warning=600, recovery=300),
    on_missing_data=Missing.RESOLVE,
    kind="Queue",
    tags=Tags("a-team", "orders", "eu", DataClass.INTERNAL, "shop-eu"),
    evaluation_delay=900,
)

BAD = [
    ("name", "abc", "4 to 120"),
    ("name", "x" * 121, "4 to 120"),
    ("query", "", "one line"),
    ("query", "max(last_5m):max:a{*} > 3", "and no more"),
    ("query", "max(last_5m):max:a{*}\nor so", "one line"),
    ("meaning", "broken.", "a sentence"),
    ("meaning", "Ask @somebody about the queue.", "without a handle"),
    ("runbook", "https://runbook.shop.example/monitors", "with an anchor"),
    ("runbook", "http://runbook.shop.example/monitors#queue-age", "https"),
    ("notify", "pagerduty-shop", "a handle"),
    ("notify", "@here and there", "a handle"),
    ("priority", 0, "1 to 5"),
    ("priority", 6, "1 to 5"),
    ("kind", "", "kind of component"),
    ("evaluation_delay", -1, "0 to 3600"),
]


@pytest.mark.parametrize(("name", "value", "reason"), BAD)
def test_a_bad_value_is_refused_by_the_name_of_its_property(name: str, value: object, reason: str) -> None:
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        replace(GOOD, **{name: value})  # type: ignore[arg-type]

    assert [fault["property_path"] for fault in refused.value.errors or []] == [name]
    assert reason in refused.value.message


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("name", ["warning", "recovery"])
@pytest.mark.parametrize("safe", [True, False, None])
def test_an_alarm_has_its_warning_and_its_end_on_the_safe_side(name: str, below: bool, safe: bool | None) -> None:
    """None: at the threshold itself, where warning and alarm would be one, and the alarm would never be over."""
    value = 10 if safe is None else 10 + (1 if safe == below else -1)
    if safe:
        Thresholds(10, below=below, **{name: value})
        return
    with pytest.raises(pulumi.InputPropertiesError, match=f"{name} must be on the safe side of 10"):
        Thresholds(10, below=below, **{name: value})


def test_whoever_is_told_reads_what_it_means_and_what_to_do() -> None:
    assert GOOD.message.splitlines() == [
        "Nobody empties the queue: its consumer stands.",
        "",
        "Now {{value}}; the alarm is > 900.",
        "To do: https://runbook.shop.example/monitors#queue-age",
        "",
        "@pagerduty-shop",
    ]


def test_the_provider_is_told_once_from_which_value_on_it_alarms() -> None:
    told = properties(GOOD)
    assert told["query"] == f"{GOOD.query} > 900"
    assert told["monitorThresholds"] == {"critical": "900", "warning": "600", "criticalRecovery": "300"}
    assert told["priority"] == "2"
    assert told["tags"] == ["owner:a-team", "team:a-team", "service:orders", "region:eu", "component:Queue"]
    assert properties(replace(GOOD, thresholds=Thresholds(2, below=True)))["query"].endswith("} < 2")


@pytest.mark.parametrize(
    ("number", "text"),
    [(5_368_709_120, "5368709120"), (0.0005, "0.0005"), (0.03, "0.03"), (1e9, "1000000000"), (3.5, "3.5"), (0, "0")],
)
def test_numbers_are_told_in_full(number: float, text: str) -> None:
    assert plain(number) == text


def sdk(module: str) -> str:
    """The source of a module of the provider's SDK, which is not imported: that takes many seconds."""
    found = find_spec("pulumi_datadog")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / module).read_text(encoding="utf-8")


def names_of(kind: str, source: str) -> set[str]:
    """The names on the wire of the properties of one of the SDK's classes of arguments, cut out of a long module."""
    written = re.search(rf"^class {kind}:\n(?: .*\n|\n)+", source, re.MULTILINE)
    assert written is not None
    tree = ast.parse(written[0])
    (init,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), argument.arg) for argument in init.args.kwonlyargs}


def test_the_provider_is_the_one_whose_sdk_is_pinned() -> None:
    assert version("pulumi-datadog") == PROVIDER_VERSION


def test_every_property_has_the_name_that_the_sdk_gives_it() -> None:
    monitor, told = sdk("monitor.py"), properties(GOOD)
    known = names_of("MonitorArgs", monitor)
    assert {"name", "type", "query", "message"} <= told.keys() <= known
    assert told["monitorThresholds"].keys() <= names_of("MonitorMonitorThresholdsArgs", sdk("_inputs.py"))


def test_the_sdk_knows_the_type_and_what_may_be_said_of_missing_data() -> None:
    source = sdk("monitor.py")
    assert "'datadog:index/monitor:Monitor'" in source
    told = re.search(r"param pulumi.Input\[_builtins.str\] on_missing_data: .*Valid values are: (.*)", source)
    assert told is not None
    assert set(re.findall(r"`(\w+)`", told[1])) == {missing.value for missing in Missing}
