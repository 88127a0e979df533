"""What the kubelet is told survives the file, and a file that is none is refused in words."""

import asyncio
from pathlib import Path

import pytest

from local.cluster.errors import ClusterError
from local.cluster.kubelet import main, serve
from local.cluster.probes import Probe, Probes
from local.cluster.readiness import read_readiness
from local.cluster.spec import KubeletSpec, WatchedPod, read_spec
from local.machine.layout import Layout


@pytest.fixture
def spec(tmp_path: Path) -> KubeletSpec:
    layout = Layout(tmp_path, tmp_path / ".local", tmp_path / "run", "127.80.3")
    probes = Probes(Probe("/healthz", 8080, 1, 2, 3, 1, 60), Probe("/readyz", 8080))
    pods = (WatchedPod("order-0", "127.80.3.10", probes), WatchedPod("relay-0", "127.80.3.11", Probes()))
    return KubeletSpec(layout, tmp_path / "readiness.json", pods)


def test_a_spec_is_read_as_it_was_written(spec: KubeletSpec, tmp_path: Path) -> None:
    path = tmp_path / "kubelet.json"
    path.write_text(spec.to_json())
    assert read_spec(path) == spec


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"pods": [{"name": "order-0"}]}'])
def test_what_is_no_spec_is_refused_by_its_path(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "kubelet.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ClusterError, match=r"kubelet\.json"):
        read_spec(path)


def test_the_kubelet_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="usage"):
        main([])
    with pytest.raises(SystemExit, match="nowhere"):
        main([str(tmp_path / "nowhere")])


def test_the_kubelet_begins_by_showing_every_pod_as_not_ready(spec: KubeletSpec, tmp_path: Path) -> None:
    async def story() -> None:
        task = asyncio.create_task(serve(tmp_path / "kubelet.json", spec))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert {name: pod.ready for name, pod in read_readiness(spec.readiness).items()} == {
            "order-0": False,
            "relay-0": False,
        }
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
