"""A stack may read the outputs of `global`, which is made before it, and of no other one."""

from pathlib import Path

import pytest

from local.host import Cloud, HostError, capture, realise

# The SDK leaves some of its own waiting when a program is refused half-way.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine 'Output:RuntimeWarning")

PROGRAM = """
import pulumi
import pulumi_aws as aws

if pulumi.get_stack() == "global":
    topic = aws.sns.Topic("shared", name="shared")
    pulumi.export("topic", topic.arn)
    pulumi.export("limits", {"eu": 3})
name = pulumi.Config().get("refers")
if name:
    shared = pulumi.StackReference(name)
    pulumi.export("topic", shared.require_output(pulumi.Config().get("asks") or "topic"))
    pulumi.export("limit", shared.require_output("limits").apply(lambda limits: limits["eu"]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "estate"
    (root / "program").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: estate\nmain: program\n")
    (root / "Pulumi.global.yaml").write_text("config:\n  aws:region: eu-north-1\n")
    for region in ("eu", "us"):
        (root / f"Pulumi.{region}.yaml").write_text("config:\n  aws:region: eu-west-1\n  estate:refers: global\n")
    (root / "program" / "__main__.py").write_text(PROGRAM)
    return root


@pytest.mark.parametrize("name", ["global", "local/estate/global"])
def test_the_outputs_of_what_all_share_are_read(project: Path, name: str) -> None:
    model = capture("eu", {"estate:refers": name}, root=project)
    assert model.outputs == {"topic": "arn:aws:sns:eu-north-1:111122223333:shared", "limit": 3}
    (reference,) = model.of_type("pulumi:pulumi:StackReference")
    assert reference.id == name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("us", "refers to the stack 'us'; this one stands on global"),
        ("eu", "refers to the stack 'eu'; this one stands on global"),
        ("local/other/global", "is a stack of another project"),
    ],
)
def test_no_other_stack_is_read(project: Path, name: str, told: str) -> None:
    with pytest.raises(HostError, match=told):
        capture("eu", {"estate:refers": name}, root=project)


def test_what_all_share_reads_no_region(project: Path) -> None:
    with pytest.raises(HostError, match="refers to the stack 'eu'; this one stands on no other"):
        capture("global", {"estate:refers": "eu"}, root=project)


def test_an_output_that_is_not_there_is_missed(project: Path) -> None:
    with pytest.raises(HostError, match="KeyError: 'queue'"):
        capture("eu", {"estate:asks": "queue"}, root=project)


def test_what_all_share_is_made_first_in_its_own_region_with_its_own_state(
    project: Path, tmp_path: Path, cloud: Cloud
) -> None:
    state = tmp_path / "state" / "model.json"
    model = realise("eu", None, cloud, state, project)
    assert model.outputs["topic"] == "arn:aws:sns:eu-north-1:000000000000:shared"
    assert sorted(path.name for path in state.parent.iterdir()) == ["model-global.json", "model.json"]
