"""The code of a function: all that its handler imports, nothing else, and the same whenever that is."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pulumi
import pytest

from infra.function_code import function_code
from local.host.assets import hashed, zipped
from local.host.capture import ROOT
from tests.support.stacks import STACKS, model_of, only

FILES = {
    "clock/__init__.py": "",
    "clock/face.py": "from __future__ import annotations\nimport boto3\nfrom clock import hands\n",
    "clock/hands/__init__.py": "from clock.hands.long import minutes\n",
    "clock/hands/long.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import flask\nminutes = 60\n",
    "clock/bell.py": "import flask\n",
    "clock/tower.py": "import clock.face\ndef late():\n    import clock.rope\n    return None\n",
    "clock/rope.py": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def add(root: Path, name: str, text: str) -> None:
    (root / name).write_text(text, encoding="utf-8")


def wire(archive: pulumi.AssetArchive) -> dict[str, Any]:
    """The archive as the SDK sends it."""
    sent = {path: {"path": asset.path, **SIGNED["asset"]} for path, asset in archive.assets.items()}  # type: ignore[union-attr]
    return {**SIGNED["archive"], "assets": sent}


SIGNED = {
    "asset": {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17"},
    "archive": {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7"},
}


def refusal(root: Path, handler: str, *zones: str) -> dict[str, str]:
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        function_code(root, handler, zones)
    return {fault["property_path"]: fault["reason"] for fault in refused.value.errors or []}


def test_what_is_imported_is_packed_and_nothing_else(root: Path) -> None:
    packed = function_code(root, "clock.tower.late").assets
    assert set(packed) == set(FILES) - {"clock/bell.py"}


def test_what_only_a_type_checker_reads_is_none_of_it(root: Path) -> None:
    add(root, "clock/typed.py", "import typing\nif typing.TYPE_CHECKING:\n    import clock.bell\ndef tick(): pass\n")
    assert set(function_code(root, "clock.typed.tick").assets) == {"clock/__init__.py", "clock/typed.py"}


@pytest.mark.parametrize("handler", ["clock.tower.early", "clock.cellar.late", "tower.late", "clock.late"])
def test_a_handler_that_is_not_there_is_refused(root: Path, handler: str) -> None:
    assert handler in refusal(root, handler)["handler"]


@pytest.mark.parametrize("statement", ["import flask", "from flask.views import View", "from . import rope"])
def test_what_the_runtime_lacks_is_refused(root: Path, statement: str) -> None:
    add(root, "clock/hands/short.py", statement)
    add(root, "clock/late.py", "from clock.hands import short\ndef tick(): pass\n")
    assert "must be our own or of the runtime" in refusal(root, "clock.late.tick")["imports"]


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "Europe", "../__init__.py", "zone.tab", "/etc/hostname"])
def test_a_zone_of_which_there_is_no_data_is_refused(root: Path, zone: str) -> None:
    assert set(refusal(root, "clock.tower.late", "Europe/Dublin", zone)) == {"time_zones"}


def test_the_same_files_make_the_same_archive_wherever_they_lie(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    for path in sorted(FILES, reverse=True):
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        add(other, path, FILES[path])
    here, there = (wire(function_code(place, "clock.tower.late", ["Asia/Tokyo"])) for place in (root, other))
    assert here != there
    assert hashed(here)["hash"] == hashed(there)["hash"]
    assert zipped(here) == zipped(there)

    add(other, "clock/bell.py", "import nothing\n")
    assert hashed(there)["hash"] == hashed(here)["hash"]
    add(other, "clock/rope.py", "length = 3\n")
    assert hashed(there)["hash"] != hashed(here)["hash"]
    assert zipped(there) != zipped(here)


@pytest.mark.parametrize("stack", STACKS)
def test_the_controller_starts_from_its_archive_alone_with_every_region_s_time(stack: str, tmp_path: Path) -> None:
    """In a process of its own, where neither our source nor the machine's time zones are to be found."""
    function = only(model_of(stack), "aws:lambda/function:Function")
    with zipfile.ZipFile(io.BytesIO(zipped(function.inputs["code"]))) as archive:
        archive.extractall(tmp_path)
    module, _, name = function.inputs["handler"].rpartition(".")
    program = (
        "import importlib, json, os, sys, zoneinfo\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "zoneinfo.reset_tzpath([])\n"
        f"assert callable(importlib.import_module({module!r}).{name})\n"
        "for region in json.loads(os.environ['SUN_REGIONS']): zoneinfo.ZoneInfo(region['timeZone'])\n"
        "loaded = [getattr(m, '__file__', None) or '' for n, m in sys.modules.items() if n.split('.')[0] in\n"
        "          ('services', 'tzdata')]\n"
        f"assert loaded and all(path.startswith({str(tmp_path)!r}) for path in loaded if path), loaded\n"
    )
    environment = {**function.inputs["environment"]["variables"], "AWS_DEFAULT_REGION": "eu-west-1"}
    run = subprocess.run(
        (sys.executable, "-I", "-c", program),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_only_what_the_controller_needs_of_us_is_packed() -> None:
    (archive,) = {
        tuple(only(model_of(stack), "aws:lambda/function:Function").inputs["code"]["assets"]) for stack in STACKS
    }
    ours = {path for path in archive if not path.startswith("tzdata/")}
    assert {path for path in ours if not path.startswith("services/sun/")} == {"services/__init__.py"}
    assert all((ROOT / path).is_file() for path in ours)
    assert len([path for path in archive if "zoneinfo/" in path and "__init__" not in path]) == len(STACKS)
