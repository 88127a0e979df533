"""Who is told, and where it is said what to do: without both a monitor would only be noise."""

import copy
import json
from typing import Any

import pytest
import yaml

from local.host.capture import ROOT
from stacks.reading import SettingsError
from stacks.settings import parse, parse_worldwide
from tests.support.stacks import STACKS, WORLDWIDE

SECTION = "cloud-sales:monitoring"

FAULTY: list[tuple[str, object, str]] = [
    ("page", "pagerduty-cloud-sales", f"{SECTION}.page should match"),
    ("page", "@pager duty", f"{SECTION}.page should match"),
    ("page", ["@a", "@b"], f"{SECTION}.page should be a valid string"),
    ("page", None, f"{SECTION}.page is missing"),
    ("notify", "@", f"{SECTION}.notify should match"),
    ("notify", None, f"{SECTION}.notify is missing"),
    ("runbook", "http://runbook.cloud-sales.example", f"{SECTION}.runbook should match"),
    ("runbook", "https://runbook.cloud-sales.example/monitors#queue-age", f"{SECTION}.runbook should match"),
    ("runbook", None, f"{SECTION}.runbook is missing"),
    ("apiKey", "0" * 32, f"{SECTION}.apiKey is not a known key"),
]


def texts(stack: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"])


def read(stack: str, document: dict[str, Any]) -> object:
    config = {key: value if isinstance(value, str) else json.dumps(value) for key, value in document.items()}
    return parse_worldwide(config, ROOT) if stack == WORLDWIDE else parse(stack, config)


def refused(stack: str, document: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as told:
        read(stack, document)
    first, fault = str(told.value).splitlines()
    assert first == f"Pulumi.{stack}.yaml cannot be used:"
    return fault.strip()


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
@pytest.mark.parametrize(("key", "value", "fault"), FAULTY)
def test_a_fault_is_refused_with_its_path(stack: str, key: str, value: object, fault: str) -> None:
    document = copy.deepcopy(texts(stack))
    if value is None:
        del document[SECTION][key]
    else:
        document[SECTION][key] = value
    assert refused(stack, document).startswith(fault)


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
def test_nobody_runs_unwatched(stack: str) -> None:
    document = texts(stack)
    del document[SECTION]
    assert refused(stack, document) == f"{SECTION} is missing"


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
@pytest.mark.parametrize("key", ["apiKey", "appKey"])
def test_a_key_of_datadog_does_not_belong_into_a_file(stack: str, key: str) -> None:
    fault = refused(stack, {**texts(stack), f"datadog:{key}": "0" * 32})
    assert fault.startswith(f"datadog:{key} is not known")
    assert "000" not in fault


def test_an_address_of_mail_may_be_told_too() -> None:
    document = texts("eu")
    document[SECTION]["notify"] = "@operations+eu@cloud-sales.example"
    read("eu", document)
