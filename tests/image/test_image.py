"""The image holds what services need and nothing to build with, runs without root, and answers when it is started."""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from local.host.capture import ROOT
from tests.image.builder import AUTHORITIES, CANNOT, REASON, WORK, Builder

pytestmark = [pytest.mark.image, pytest.mark.skipif(CANNOT, reason=REASON)]

IMAGE = "localhost/cloud-sales:test"
ADDRESS = ("127.0.0.1", 18099)
ENVIRONMENT = {
    "SERVICE_NAME": "portal",
    "REGION_NAME": "eu",
    "AWS_REGION": "eu-west-1",
    "LOG_LEVEL": "INFO",
    "POD_IP": ADDRESS[0],
    "PORT": str(ADDRESS[1]),
}


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    store = WORK / "store"
    made = Builder(store)
    made.base()
    bundle = WORK / "rds-global-bundle.pem"
    known = bundle.exists()
    if not known:
        # The authorities of RDS are AWS's to hand out; any will do where no database is asked.
        shutil.copyfile(AUTHORITIES, bundle)
    try:
        made.must(["tools/image", "build", IMAGE])
        yield made
    finally:
        if not known:
            bundle.unlink()
        made.buildah("rm", "--all")


@pytest.fixture(scope="module")
def container(builder: Builder) -> str:
    return builder.buildah("from", "--pull-never", IMAGE)


@pytest.fixture(scope="module")
def files(builder: Builder, container: str) -> Path:
    return Path(builder.buildah("mount", container))


def test_its_user_is_not_root(builder: Builder) -> None:
    assert json.loads(builder.buildah("inspect", "--type", "image", IMAGE))["Docker"]["config"]["User"] == "10001:10001"


def test_it_holds_exactly_the_pinned_packages(files: Path) -> None:
    lines = (ROOT / "requirements/services.txt").read_text().splitlines()
    pinned = [Requirement(line.removesuffix("\\")) for line in lines if re.match(r"[a-z0-9]", line)]
    wanted = {
        (one.name, str(one.specifier).removeprefix("=="))
        for one in pinned
        if one.marker is None or one.marker.evaluate()
    }
    folders = (files / "opt/venv/lib/python3.11/site-packages").glob("*.dist-info")
    held = [path.name.removesuffix(".dist-info").rpartition("-") for path in folders]
    assert {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, _, version in held} == wanted


def test_there_is_nothing_in_it_to_build_or_install_with(files: Path) -> None:
    places = ("opt/venv/bin", "usr/bin", "usr/local/bin", "bin")
    for tool in ("pip", "pip3", "uv", "gcc", "cc", "make", "git", "curl"):
        assert [place for place in places if (files / place / tool).exists()] == [], tool


def test_every_module_is_compiled_and_never_compared_with_its_source(files: Path) -> None:
    sources = list((files / "app/services").rglob("*.py"))
    assert sources
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-311.pyc"
        # PEP 552: flags 1 are a hash instead of a time, and one that is not checked.
        assert compiled.read_bytes()[4:8] == b"\x01\x00\x00\x00", source


def test_only_what_it_is_made_of_got_into_it(files: Path) -> None:
    assert [path.name for path in (files / "app").iterdir()] == ["services"]
    assert (files / "etc/ssl/certs/rds-global-bundle.pem").stat().st_mode & 0o777 == 0o444


def test_started_it_says_that_it_is_alive(builder: Builder, container: str) -> None:
    variables = [part for name, value in ENVIRONMENT.items() for part in ("--env", f"{name}={value}")]
    command = ["buildah", "run", *variables, container, "--", "python", "-m", "services", "portal", "web"]
    with subprocess.Popen(
        command, env=builder.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        try:
            assert answer(running) == (200, b"alive\n")
        finally:
            running.terminate()


def answer(running: "subprocess.Popen[bytes]") -> tuple[int, bytes]:
    """What `/healthz` says as soon as anybody listens."""
    deadline = time.monotonic() + 120
    while running.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{ADDRESS[0]}:{ADDRESS[1]}/healthz", timeout=5) as reply:
                return reply.status, reply.read()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"nobody answers; exit code {running.poll()}")
