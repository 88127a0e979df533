"""A whole release on this machine: rendered, its job run, its pods supervised, probed and reached through the edge."""

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.cluster import places
from local.cluster.errors import ClusterError
from local.cluster.readiness import PodReadiness, read_readiness
from local.cluster.workloads import programs, run_jobs, start, workloads
from local.host.model import Model, Resource
from local.machine.layout import Layout, layout_of
from local.machine.supervisor import Supervisor
from tests.unit.cluster.envoy import ask, free_port
from tests.unit.cluster.samples import (
    balancer_rule,
    binding,
    changed,
    chart,
    deployment,
    job,
    model,
    resource,
    route,
    service,
)

CHECKOUT = Path(__file__).parents[3]
CONTAINER = "spec.template.spec.containers.0"

POD = """
import http.server, os, pathlib, signal
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ill = self.path == "/healthz" and pathlib.Path("ill").exists()
        if ill:
            pathlib.Path("ill").unlink()
        body = b'{"ip": "%s", "pid": %d}' % (os.environ["POD_IP"].encode(), os.getpid())
        self.send_response(500 if ill else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer((os.environ["POD_IP"], int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A checkout with this one's code and a chart of its own."""
    for shared in (".venv", "local"):
        (tmp_path / shared).symlink_to(CHECKOUT / shared)
    (tmp_path / "stacks").mkdir()
    (tmp_path / "pod.py").write_text(POD)
    pod = changed(deployment(replicas=1), f"{CONTAINER}.command", ["python", "pod.py"])
    pod = changed(pod, "spec.replicas", "{{ .Values.replicas }}")
    pod = changed(pod, f"{CONTAINER}.livenessProbe.failureThreshold", 1)
    migration = changed(job(), f"{CONTAINER}.command", ["python", "-c", "open('migrated', 'w')"])
    directory = chart(tmp_path / "charts" / "demo", pod, migration, service(), binding())
    text = directory / "templates" / "all.yaml"
    text.write_text(text.read_text().replace("'{{ .Values.replicas }}'", "{{ .Values.replicas }}"))
    made = layout_of(tmp_path)
    made.state.mkdir()
    made.runtime.mkdir(mode=0o700)
    yield made
    shutil.rmtree(made.runtime)


@pytest.fixture
def supervisor(layout: Layout) -> Iterator[Supervisor]:
    made = Supervisor(layout)
    made.start([])
    yield made
    assert made.stop() == []


def _model(replicas: int) -> Model:
    release = resource("release", "demo", chart="../charts/demo", values={"replicas": replicas})
    return model(release, route("GET /orders/{id}"), balancer_rule(1, "order", "/orders", "/orders/*"))


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def _pods(layout: Layout) -> dict[str, PodReadiness]:
    return read_readiness(places.readiness_file(layout))


def test_a_release_comes_up_heals_and_grows(layout: Layout, supervisor: Supervisor) -> None:
    port = free_port()

    def deploy(replicas: int) -> None:
        stack = _model(replicas)
        release = workloads(stack, layout)
        run_jobs(release, layout)
        start(supervisor, programs(release, stack, layout, ("127.0.0.1", port)), layout)

    deploy(1)
    assert (layout.root / "migrated").exists()
    _until(lambda: [pod.ready for pod in _pods(layout).values()] == [True])
    _until(lambda: _listens(port) and ask(f"http://127.0.0.1:{port}/orders/1").status == 200)
    first = ask(f"http://127.0.0.1:{port}/orders/1").document
    assert first["ip"] == next(pod.ip for pod in workloads(_model(1), layout).cluster.pods)
    watching = _pid(supervisor, "kubelet")

    (layout.root / "ill").touch()
    _until(lambda: _pods(layout)["order-0"].restarts == 1 and _pods(layout)["order-0"].ready)
    assert _pid(supervisor, "order-0") != first["pid"]

    healed = _pid(supervisor, "order-0")
    deploy(2)
    _until(lambda: sorted(_pods(layout)) == ["order-0", "order-1"] and all(pod.ready for pod in _pods(layout).values()))
    assert (_pid(supervisor, "kubelet"), _pid(supervisor, "order-0")) == (watching, healed)
    _until(lambda: len({ask(f"http://127.0.0.1:{port}/orders/1").document.get("ip") for _ in range(4)} - {None}) == 2)


def test_roles_are_those_that_the_associations_of_the_release_s_namespace_give(layout: Layout) -> None:
    def association(namespace: str, account: str) -> Resource:
        role = f"arn:aws:iam::000000000000:role/shop-{account}"
        given = {"namespace": namespace, "serviceAccount": account, "roleArn": role}
        return resource("association", f"{namespace}-{account}", **given)

    release = resource("release", "demo", chart="../charts/demo", values={"replicas": 1}, namespace="shop")
    found = workloads(model(release, association("shop", "order"), association("keda", "scaler")), layout).roles
    assert found == {"order": "shop-order"}


def test_a_stack_must_declare_exactly_one_release(layout: Layout) -> None:
    with pytest.raises(ClusterError, match="0 Helm releases"):
        workloads(model(), layout)


def _pid(supervisor: Supervisor, name: str) -> int | None:
    return next(program.pid for program in supervisor.status() if program.name == name)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
