"""YAML as Pulumi reads it: a key written twice is a fault, not a silent choice."""

from pathlib import Path
from typing import Any

import yaml

from local.host.errors import SettingsError


class _StrictLoader(yaml.SafeLoader):
    """Refuses an object that has the same key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """The file's top-level object.

    Raises:
        SettingsError: the file is missing, is not YAML or holds something else than an object.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # noqa: S506 a SafeLoader
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, ValueError) as error:  # the latter for a day that there is not, and for what is no text
        raise SettingsError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise SettingsError(f"{path}: an object of keys was expected")
    return document
