"""Whatever is wrong comes out as one exception that says what and where."""

import gc
import re

import pytest

from local.host import HostError, capture
from local.host.errors import ProgramError, ResourceError
from tests.unit.host.conftest import SHOP

FAULTS = [
    ("unknown-type", ResourceError, r"aws:kinesis/stream:Stream 'ledger': this type is not known to the local home"),
    ("unknown-function", HostError, r"aws:index/getAvailabilityZones:getAvailabilityZones is not known"),
    ("unanswered-output", ResourceError, r"aws:sqs/queue:Queue 'fed': 'name' is made from an output that"),
    ("unnamed", ResourceError, r"aws:sqs/queue:Queue 'unnamed': 'name' must be given explicitly"),
    ("twice", ResourceError, r"aws:sqs/queue:Queue 'twice': declared twice"),
    ("reading", ResourceError, r"aws:sqs/queue:Queue 'outside': cannot read 'https://sqs"),
    ("failing", ProgramError, r"stack 'eu' failed at program/extras\.py:\d+: ValueError: the catalogue is empty$"),
    ("failing-later", ProgramError, r"stack 'eu' failed at program/extras\.py:\d+: KeyError: 'arn:aws:sns:"),
    ("leaving", ProgramError, r"stack 'eu' failed at program/extras\.py:\d+: SystemExit: 3$"),
]


@pytest.mark.parametrize(("extra", "kind", "message"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_one_sentence(
    extra: str, kind: type[HostError], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(kind, match=message) as caught:
        capture("eu", {"shop:extra": extra}, root=SHOP)
    assert type(caught.value) is kind
    assert "Traceback" not in str(caught.value)
    del caught
    gc.collect()
    assert capfd.readouterr() == ("", "")


def test_a_resource_is_named_by_its_urn() -> None:
    urn = re.escape("urn:pulumi:eu::shop::aws:kinesis/stream:Stream::ledger")
    with pytest.raises(ResourceError, match=urn):
        capture("eu", {"shop:extra": "unknown-type"}, root=SHOP)


def test_a_fault_leaves_nothing_for_the_next_run() -> None:
    with pytest.raises(ResourceError):
        capture("eu", {"shop:extra": "twice"}, root=SHOP)
    assert capture("eu", root=SHOP).resources
