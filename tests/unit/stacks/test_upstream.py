"""A region takes from `global` what is its own, and says so when it is not there yet."""

from pathlib import Path

import pytest

from local.host import HostError, capture
from local.host.capture import ROOT
from tests.support.stacks import WORLDWIDE, model_of

SHARED = """
import pulumi

for name, value in {outputs}.items():
    pulumi.export(name, value)
"""


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """A project whose `global` was brought up before Europe had its file."""
    program = tmp_path / "program"
    program.mkdir()
    outputs = model_of(WORLDWIDE).outputs
    others = {name: part for name, part in outputs["regions"].items() if name != "eu"}
    shared = SHARED.format(outputs=dict(outputs) | {"regions": others})
    (program / "__main__.py").write_text(
        f"import pulumi, runpy\nif pulumi.get_stack() == 'global':\n    exec({shared!r})\n"
        f"else:\n    runpy.run_path({str(ROOT / 'stacks')!r}, run_name='__main__')\n"
    )
    (tmp_path / "Pulumi.yaml").write_text("name: cloud-sales\nmain: program\n")
    for stack in ("global", "eu"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    return tmp_path


@pytest.mark.filterwarnings("ignore:coroutine 'Output:RuntimeWarning")
def test_a_region_that_is_not_known_yet_is_told_what_comes_first(late: Path) -> None:
    with pytest.raises(HostError, match="does not know the region 'eu' yet; first: pulumi up -s global"):
        capture("eu", root=late)
