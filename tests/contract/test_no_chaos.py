"""No release can be made to kill itself: nothing that a stack declares sets what arms the crash points."""

import json

import pytest

from services.common.settings import FaultSettings
from tests.contract.test_release_renders import release_values, rendered
from tests.unit.charts.release import CHART, STACKS

ARMING = sorted(name.upper() for name in FaultSettings.model_fields if name != "pod_ip")


def test_something_arms_them() -> None:
    assert ARMING == ["CHAOS_DIRECTORY", "CRASH_POINTS"]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("variable", ARMING)
def test_no_release_sets_it(stack: str, variable: str) -> None:
    assert variable not in json.dumps(release_values(stack), default=str)
    assert variable not in json.dumps(rendered(stack), default=str)


@pytest.mark.parametrize("variable", ARMING)
def test_the_chart_does_not_name_it(variable: str) -> None:
    assert not [path for path in CHART.rglob("*") if path.is_file() and variable in path.read_text(encoding="utf-8")]
