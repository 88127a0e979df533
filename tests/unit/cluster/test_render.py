"""Helm renders what the program's release says, and refuses what the chart's schema refuses."""

from pathlib import Path

import pytest

from local.cluster.errors import ClusterError, NotHonouredError
from local.cluster.render import render
from tests.unit.cluster.samples import chart, resource

CONFIG = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "{{ .Release.Name }}", "namespace": "{{ .Release.Namespace }}"},
    "data": {"region": "{{ .Values.region }}"},
}
SCHEMA = {"type": "object", "properties": {"region": {"type": "string"}}, "additionalProperties": False}


def test_name_namespace_and_values_come_from_the_release(tmp_path: Path) -> None:
    release = resource("release", "logical", name="sales", namespace="apps", values={"region": "eu"})
    (rendered,) = render(release, chart(tmp_path / "demo", CONFIG, schema=SCHEMA))
    assert rendered["metadata"] == {"name": "sales", "namespace": "apps"}
    assert rendered["data"] == {"region": "eu"}


def test_values_that_the_schema_refuses_are_named(tmp_path: Path) -> None:
    release = resource("release", "sales", values={"regon": "eu"})
    with pytest.raises(ClusterError, match="regon"):
        render(release, chart(tmp_path / "demo", CONFIG, schema=SCHEMA))


def test_a_chart_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="nowhere"):
        render(resource("release", "sales"), tmp_path / "nowhere")


def test_a_template_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    directory = chart(tmp_path / "demo")
    (directory / "templates" / "broken.yaml").write_text("a: [1")
    with pytest.raises(ClusterError, match=r"broken\.yaml"):
        render(resource("release", "sales"), directory)


def test_an_input_that_would_change_the_manifests_is_refused(tmp_path: Path) -> None:
    release = resource("release", "sales", valueYamlFiles=["other.yaml"])
    with pytest.raises(NotHonouredError, match="valueYamlFiles"):
        render(release, chart(tmp_path / "demo"))
