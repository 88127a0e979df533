"""What is lawful is not refused: any valid settings file makes a stack that may be built.

A handful; `python -m tests.false_alarms` takes 200.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from local.policy.stacks import case
from tests.false_alarms.files import Document, project, regions


@settings(
    max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(regions())
def test_a_valid_settings_file_breaks_no_mandatory_policy(
    tmp_path_factory: pytest.TempPathFactory, region: tuple[str, Document]
) -> None:
    name, document = region
    root: Path = project(tmp_path_factory.mktemp(name), name, document)
    assert [str(veto) for veto in case(name, root=root).judge().vetoes] == []
