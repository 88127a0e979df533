"""The engine and the judge in process find the same: on a bad program, with levels and a waiver of its own."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from pulumi.automation import CommandError
from pulumi.automation.events import EngineEvent

from local.host import Cloud, capture
from local.host.stack_config import read_config, read_project
from local.host.verdict import judged
from policies.catalogue import all_rules
from policies.judge import judgement, parse
from policies.pack import WAIVED
from policies.settings import today
from tests.support.engine import POLICIES, Engine

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

KIOSK = Path(__file__).parent / "programs" / "kiosk"
WAIVER = {
    "rule": "queue-has-dlq",
    "resource": "ord*",
    "reason": "the kiosk can lose a message and ask again",
    "owner": "cloud-sales-platform",
    "until": str(today() + timedelta(days=7)),
}
Finding = tuple[str, str, str]


def configure(folder: Path, **sections: object) -> dict[str, str]:
    """Has the stack say this about the policies; answers with its whole configuration, as it is handed out."""
    path = folder / "Pulumi.one.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["config"].update({f"policies:{key}": value for key, value in sections.items()})
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    config = read_config(read_project(KIOSK), "one", {})
    return config | {f"policies:{key}": json.dumps(value) for key, value in sections.items()}


def in_process(config: dict[str, str]) -> set[Finding]:
    found = judgement(judged(capture("one", root=KIOSK)), parse(config))
    return {(one.rule, str(one.level), one.urn) for one in found.violations} | {
        (WAIVED, "advisory", one.violation.urn) for one in found.waived
    }


def by_the_engine(events: list[EngineEvent]) -> set[Finding]:
    told = [event.policy_event for event in events if event.policy_event]
    return {(one.policy_name, str(one.enforcement_level), str(one.resource_urn or "")) for one in told}


def test_a_bad_program_is_found_out_alike(tmp_path: Path, cloud: Cloud) -> None:
    engine = Engine(tmp_path, cloud, KIOSK)
    # What is advisory lets the engine go on, so that it looks at everything.
    levels = {rule.name: "advisory" for rule in all_rules()} | {"sqs-encrypted": "disabled"}
    config = configure(tmp_path, levels=levels, waivers=[WAIVER])
    events: list[EngineEvent] = []
    engine.stack("one").up(policy_packs=[str(POLICIES)], on_event=events.append)

    found, expected = by_the_engine(events), in_process(config)
    assert found == expected
    rules = {rule for rule, _, _ in found}
    assert {"data-protected", "kms-rotation", WAIVED} <= rules
    assert not {"sqs-encrypted", "queue-has-dlq"} & rules


def test_settings_that_are_wrong_stop_the_engine_at_once(tmp_path: Path, cloud: Cloud) -> None:
    engine = Engine(tmp_path, cloud, KIOSK)
    configure(tmp_path, levels={"queue-has-dql": "advisory"})
    with pytest.raises(CommandError, match="did you mean 'queue-has-dlq'"):
        engine.stack("one").preview(policy_packs=[str(POLICIES)])
