"""Settings are read as the engine reads them, and a slip names the file and the key."""

import json
from pathlib import Path

import pytest

from local.host.errors import SettingsError
from local.host.stack_config import read_config, read_project


def settings(root: Path, text: str, project: str = "name: shop\nmain: program\n") -> dict[str, str]:
    (root / "program").mkdir()
    (root / "Pulumi.yaml").write_text(project, encoding="utf-8")
    (root / "Pulumi.eu.yaml").write_text(text, encoding="utf-8")
    return read_config(read_project(root), "eu", {})


def test_every_value_is_text(tmp_path: Path) -> None:
    text = 'config: {"aws:region": eu-west-1, live: true, size: 3, share: 0.5, "shop:list": [1, {a: false}]}'
    assert settings(tmp_path, text) == {
        "aws:region": "eu-west-1",
        "shop:live": "true",
        "shop:size": "3",
        "shop:share": "0.5",
        "shop:list": '[1, {"a": false}]',
    }


def test_a_stack_may_have_no_settings(tmp_path: Path) -> None:
    assert settings(tmp_path, "config:\n") == {}


def test_the_program_stands_where_the_project_says(tmp_path: Path) -> None:
    settings(tmp_path, "config: {}")
    assert read_project(tmp_path).program == tmp_path / "program"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("conifg: {}", r"Pulumi\.eu\.yaml: unknown key 'conifg'"),
        ("config: {a: 1, a: 2}", r"Pulumi\.eu\.yaml: .*'a' stands twice.*\n.*line 1"),
        ("config: {a: {b: 1, b: 2}}", r"'b' stands twice"),
        ("config: {a: 2027-13-01}", r"Pulumi\.eu\.yaml: month must be in 1\.\.12"),
        ("config: [", r"Pulumi\.eu\.yaml: while parsing"),
        ("config: [1]", r"Pulumi\.eu\.yaml: 'config' must be an object"),
        ("- config", r"Pulumi\.eu\.yaml: an object of keys was expected"),
        ("config: {a: }", r"Pulumi\.eu\.yaml: 'shop:a' has no value"),
        ("config: {a: {secure: v1:abc}}", r"Pulumi\.eu\.yaml: 'shop:a' is encrypted"),
    ],
)
def test_a_slip_names_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        settings(tmp_path, text)


def test_an_unknown_stack_is_told_the_known_ones(tmp_path: Path) -> None:
    settings(tmp_path, "config: {}")
    with pytest.raises(
        SettingsError, match=r"no stack 'mars': .*Pulumi\.mars\.yaml does not exist \(stacks here: eu\)"
    ):
        read_config(read_project(tmp_path), "mars", {})


def test_a_project_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.yaml: 'name' is missing"):
        settings(tmp_path, "config: {}", project="main: program\n")


def test_a_project_needs_a_program(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.yaml: 'main' must be the directory of the program"):
        settings(tmp_path, "config: {}", project="name: shop\nmain: elsewhere\n")


def test_a_directory_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.yaml: cannot be read"):
        read_project(tmp_path)


def test_the_overlay_changes_only_what_it_names(tmp_path: Path) -> None:
    settings(tmp_path, "config: {ccp: {url: https://ccp.example, retries: 3}}")
    config = read_config(read_project(tmp_path), "eu", {"shop:ccp.url": "http://127.0.0.1", "shop:new": 1})
    assert json.loads(config["shop:ccp"]) == {"url": "http://127.0.0.1", "retries": 3}
    assert config["shop:new"] == "1"


def test_the_overlay_cannot_reach_into_a_scalar(tmp_path: Path) -> None:
    settings(tmp_path, "config: {ccp: https://ccp.example}")
    with pytest.raises(SettingsError, match=r"'shop:ccp\.url' cannot be overlaid, 'shop:ccp' is not an object"):
        read_config(read_project(tmp_path), "eu", {"shop:ccp.url": "http://127.0.0.1"})
