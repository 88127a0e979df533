"""The variables of a pod: the stack's own, as written, and the two that only the chart can know."""

import pytest

from tests.unit.charts.release import STACKS, container, documents, named, of_kind, render, values

HARD_TO_QUOTE = {
    "ON": "on",
    "NUMBER": "0123",
    "EXPONENT": "1e3",
    "EMPTY": "",
    "QUOTES": "'single' \"double\" \\back",
    "LINES": "one\n  two\n",
    "YAML": "key: [value] # {{ not a template }}",
    "SCRIPTS": "Ελλάδα 日本 ไทย 😀",
    "URL": "https://sqs.eu-west-1.amazonaws.com/111122223333/a?b=c&d=<e>",
}


@pytest.mark.parametrize("stack", STACKS)
def test_every_pod_learns_its_address_and_its_port_from_the_chart(stack: str) -> None:
    for workload in of_kind(documents(stack), "Deployment", "Job"):
        first, second = container(workload)["env"][:2]
        assert first == {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}
        assert second == {"name": "PORT", "value": "8080"}


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_variable_arrives_once_in_sorted_order(stack: str) -> None:
    stated = values(stack)
    for workload in of_kind(documents(stack), "Deployment", "Job"):
        name = workload["metadata"]["name"]
        expected = {**stated["environment"], **stated["workloads"][name]["environment"]}
        given = container(workload)["env"][2:]
        assert [entry["name"] for entry in given] == sorted(expected)
        assert {entry["name"]: entry["value"] for entry in given} == expected


@pytest.mark.parametrize("workload", ["order", "database"])
def test_values_arrive_as_written(workload: str) -> None:
    chosen = values("eu")
    chosen["workloads"][workload]["environment"] = HARD_TO_QUOTE
    kind = "Job" if workload == "database" else "Deployment"
    given = container(named(render(chosen), kind, workload))["env"]
    assert {entry["name"]: entry.get("value") for entry in given}.items() >= HARD_TO_QUOTE.items()


def test_a_workload_s_own_value_wins_over_the_common_one() -> None:
    chosen = values("eu")
    chosen["workloads"]["relay"]["environment"]["LOG_LEVEL"] = "DEBUG"
    found = render(chosen)
    levels = {
        one["metadata"]["name"]: [entry["value"] for entry in container(one)["env"] if entry["name"] == "LOG_LEVEL"]
        for one in of_kind(found, "Deployment")
    }
    assert levels.pop("relay") == ["DEBUG"]
    assert set(map(tuple, levels.values())) == {("INFO",)}


def test_no_variable_of_a_neighbouring_service_slips_in() -> None:
    for workload in of_kind(documents("eu"), "Deployment", "Job"):
        assert workload["spec"]["template"]["spec"]["enableServiceLinks"] is False
