"""A pod's process gets the chart's environment, the platform's and nothing of the caller's."""

from pathlib import Path

import pytest

from local.cluster.errors import ClusterError, NotHonouredError
from local.cluster.manifests import read_manifests
from local.cluster.pods import Pod, build_cluster
from local.cluster.programs import pod_program
from local.machine.layout import Layout
from tests.unit.cluster.samples import changed, deployment

CONTAINER = "spec.template.spec.containers.0"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "python").touch(0o755)
    return Layout(tmp_path, tmp_path / ".local", tmp_path / "run", "127.80.3")


def _pod(path: str = CONTAINER + ".args", value: object = None) -> Pod:
    return build_cluster(read_manifests([changed(deployment(), path, value)]), "127.80.3", {}).pods[0]


def test_the_environment_is_whole_and_closed(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    assert pod_program(_pod(), layout, {}).environment == {
        "POD_IP": "127.80.3.10",
        "PORT": "8080",
        "AWS_ENDPOINT_URL": "http://127.80.3.1:4566",
        "AWS_ENDPOINT_URL_SESV2": "http://127.80.3.3:8080",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": f"{layout.root}/.venv/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": f"{layout.state}/cluster/home",
        "LANG": "C.UTF-8",
    }


def test_a_pod_has_the_credentials_of_its_own_service_account_s_role_alone(layout: Layout) -> None:
    roles = {"order": "cloud-sales-eu-order", "email": "cloud-sales-eu-email"}
    pod = _pod("spec.template.spec.serviceAccountName", "order")
    environment = pod_program(pod, layout, roles).environment
    assert (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) == ("cloud-sales-eu-order", "local")
    assert "AWS_ACCESS_KEY_ID" not in pod_program(pod, layout, {"email": "cloud-sales-eu-email"}).environment


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_chart_brings_no_credentials(layout: Layout, name: str) -> None:
    pod = _pod(f"{CONTAINER}.env", [{"name": name, "value": "local"}])
    with pytest.raises(NotHonouredError, match=name):
        pod_program(pod, layout, {})


def test_the_command_is_the_charts_as_the_checkout_has_it(layout: Layout) -> None:
    program = pod_program(_pod(), layout, {})
    assert program.command == (f"{layout.root}/.venv/bin/python", "-m", "services", "order", "web")
    assert (program.name, program.directory, program.stop_seconds) == ("order-0", layout.root, 35)


def test_a_command_that_is_not_installed_is_named(layout: Layout) -> None:
    with pytest.raises(ClusterError, match="'no-such-command'"):
        pod_program(_pod(f"{CONTAINER}.command", ["no-such-command"]), layout, {})


def test_a_chart_may_not_set_what_the_platform_sets(layout: Layout) -> None:
    pod = _pod(f"{CONTAINER}.env", [{"name": "AWS_ENDPOINT_URL", "value": "http://elsewhere"}])
    with pytest.raises(NotHonouredError, match="AWS_ENDPOINT_URL"):
        pod_program(pod, layout, {})
