"""The payloads' schemas are current, and a reader refuses what it does not know."""

import json

import pytest
from pydantic import ValidationError

from services.manifests.email import EmailManifest
from services.manifests.schema import DIRECTORY, MANIFESTS, documents


@pytest.mark.parametrize("name", documents())
def test_the_schema_file_is_current(name: str) -> None:
    assert (DIRECTORY / name).read_text(encoding="utf-8") == documents()[name], "run: python -m services.manifests"


def test_every_schema_file_has_its_model() -> None:
    assert {path.name for path in DIRECTORY.glob("*.json")} == set(documents())
    assert {name.rsplit(".v", 1)[0] for name in MANIFESTS} == {"order", "document", "email"}


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {"manifestVersion": 2, "payloadType": 3}},
        {"metadata": {"manifestVersion": 1, "payloadType": 1}},
        {"subject": "unknown field"},
        {"to": ""},
    ],
)
def test_another_version_kind_or_field_is_refused(change: dict[str, object]) -> None:
    good = {
        "title": "Invoice",
        "body": "Hello",
        "to": "a@b.example",
        "metadata": {"manifestVersion": 1, "payloadType": 3},
    }
    EmailManifest.model_validate_json(json.dumps(good))
    with pytest.raises(ValidationError):
        EmailManifest.model_validate_json(json.dumps(good | change))
