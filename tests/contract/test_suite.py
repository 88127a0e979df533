"""No green that tested nothing: whatever looks like a test is where the runner collects it."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = sorted(path for path in TESTS.rglob("*.py") if "programs" not in path.parts)
"""Pulumi programs that tests run are no tests themselves."""


def has_tests(path: Path) -> bool:
    """Whether the file defines a test function at its top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body)


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(TESTS)) for path in FILES])
def test_a_file_with_tests_is_collected(path: Path) -> None:
    collected = path.name.startswith("test_")
    assert collected == has_tests(path), f"{path.name}: tests belong into files named test_*.py, and only they"


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=lambda folder: folder.name)
def test_every_folder_is_a_package(folder: Path) -> None:
    assert (folder / "__init__.py").exists(), "without it two files of one name shadow each other"
