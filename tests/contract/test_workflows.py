"""The workflows: nothing in them moves by itself, no job has more rights than it needs, every stack is looked at."""

import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.host.capture import ROOT

FILES = sorted((ROOT / ".github").rglob("*.yml"))
WORKFLOWS = [path for path in FILES if path.parent.name == "workflows"]
PINNED = re.compile(r"uses: (\./\S+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*)$")
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)

Document = dict[str, Any]


def read(name: str) -> Document:
    document = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in document.items()}


def commands(document: Document) -> str:
    return "\n".join(step.get("run", "") for job in document["jobs"].values() for step in job.get("steps", []))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    used = [line.strip().removeprefix("- ") for line in path.read_text().splitlines() if "uses:" in line]
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def test_the_pulumi_command_is_as_new_as_the_sdk() -> None:
    prepare = yaml.safe_load((ROOT / ".github" / "actions" / "prepare" / "action.yml").read_text(encoding="utf-8"))
    [wanted] = [step["with"]["pulumi-version"] for step in prepare["runs"]["steps"] if "pulumi" in step.get("uses", "")]
    assert wanted == version("pulumi")


@each_workflow
def test_rights_are_given_job_by_job(path: Path) -> None:
    document = read(path.name)
    assert document["permissions"] in ({}, {"contents": "read"})
    for name, job in document["jobs"].items():
        given = job.get("permissions", {})
        assert given.items() <= {"contents": "read", "id-token": "write"}.items(), name


@each_workflow
def test_a_pipe_fails_with_any_of_its_parts(path: Path) -> None:
    assert read(path.name)["defaults"] == {"run": {"shell": "bash"}}


@each_workflow
def test_nothing_that_somebody_else_wrote_becomes_a_command(path: Path) -> None:
    assert "${{" not in commands(read(path.name))


@each_workflow
def test_no_job_waits_for_ever_and_no_deployment_is_cut_off(path: Path) -> None:
    document = read(path.name)
    for name, job in document["jobs"].items():
        assert "uses" in job or "timeout-minutes" in job, name
    if "pulumi up" in commands(document) or path.name == "up.yml":
        groups = [one["concurrency"] for one in (document, *document["jobs"].values()) if "concurrency" in one]
        assert groups
        assert not any(group["cancel-in-progress"] for group in groups)


def test_the_pull_request_and_the_night_preview_every_stack_judged_by_the_pack() -> None:
    for name, event in (("preview.yml", "pull_request"), ("drift.yml", "schedule")):
        document = read(name)
        assert event in document["on"]
        assert "Pulumi.*.yaml" in commands(document)
        assert "--policy-pack policies" in commands(document)
        assert "pulumi up" not in commands(document)
    assert "--expect-no-changes" in commands(read("drift.yml"))


def test_main_brings_up_what_exists_once_and_then_one_region_after_the_other() -> None:
    jobs = read("up.yml")["jobs"]
    assert read("up.yml")["on"] == {"push": {"branches": ["main"]}}
    assert (jobs["global"]["needs"], jobs["image"]["needs"], jobs["regions"]["needs"]) == ("tests", "global", "image")
    assert jobs["regions"]["strategy"]["max-parallel"] == 1
    assert "--policy-pack policies" in commands(read("stack.yml"))


@pytest.mark.parametrize("name", ["preview.yml", "drift.yml", "stack.yml"])
def test_every_run_of_the_program_has_the_keys_of_datadog_from_its_environment_and_hands_them_to_nothing_else(
    name: str,
) -> None:
    steps = [step for job in read(name)["jobs"].values() for step in job.get("steps", [])]
    keys = {key: f"${{{{ secrets.{key} }}}}" for key in ("DD_API_KEY", "DD_APP_KEY")}
    for step in steps:
        told = {key: value for key, value in step.get("env", {}).items() if key.startswith("DD_")}
        assert told == (keys if "pulumi " in step.get("run", "") else {})
    assert any("pulumi " in step.get("run", "") for step in steps)


def test_a_stranger_s_pull_request_gets_no_credentials() -> None:
    jobs = read("preview.yml")["jobs"]
    assert jobs["stacks"]["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert jobs["preview"]["needs"] == "stacks"


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not on PATH")
def test_actionlint_finds_nothing() -> None:
    done = subprocess.run(["actionlint"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
