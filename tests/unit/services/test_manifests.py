"""The payloads' schemas are current, and a reader takes every released version and refuses what it does not know."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from services.common.errors import Poison
from services.common.pipeline import manifests
from services.manifests.base import Manifest
from services.manifests.email import EmailManifest
from services.manifests.order import OrderManifest
from services.manifests.schema import DIRECTORY, MANIFESTS, documents, released
from services.manifests.versions import STEPS, PayloadType, newest, upcast

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(path.relative_to(GOLDEN) for path in GOLDEN.glob("*/*.json"))
MODELS: dict[str, type[Manifest]] = {model.kind.name.lower(): model for model in MANIFESTS}


def golden(file: Path | str) -> Any:
    return json.loads((GOLDEN / file).read_bytes())


@pytest.mark.parametrize("name", documents())
def test_the_schema_file_is_current(name: str) -> None:
    assert (DIRECTORY / name).read_text(encoding="utf-8") == documents()[name], "run: python -m services.manifests"


def test_every_kind_has_a_schema_file_and_golden_payloads_of_every_version() -> None:
    versions = {f"{kind.name.lower()}.v{version}" for kind in PayloadType for version in range(1, newest(kind) + 1)}
    assert {name.removesuffix(".schema.json") for name in released()} == versions
    assert {file.parent.name for file in FILES} == versions
    assert {model.kind for model in MANIFESTS} == set(STEPS) == set(PayloadType)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_golden_payload_is_what_its_released_schema_says(file: Path) -> None:
    schema = json.loads(released()[f"{file.parent.name}.schema.json"])
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(golden(file))


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_golden_payload_is_read_as_the_newest_version(file: Path) -> None:
    kind, _, version = file.parent.name.partition(".v")
    payload = golden(file)
    assert payload["metadata"]["manifestVersion"] == int(version)
    read = manifests.read(MODELS[kind], (GOLDEN / file).read_bytes())
    assert read.metadata.manifest_version == newest(read.kind)
    written = read.model_dump(mode="json", by_alias=True)
    Draft202012Validator(json.loads(documents()[f"{kind}.v{newest(read.kind)}.schema.json"])).validate(written)
    if int(version) == newest(read.kind):
        assert written == payload, "the newest version is read and written without a change"


def test_an_older_order_loses_its_keys_and_keeps_the_rest() -> None:
    old = golden("order.v1/domestic.json")
    new = manifests.read(OrderManifest, json.dumps(old).encode()).model_dump(mode="json", by_alias=True)
    assert new.pop("licenseIds") == [entry["id"] for entry in old.pop("licenseKeys")]
    assert old.pop("metadata") != new.pop("metadata")
    assert new == old


def test_no_payload_that_is_written_today_has_a_licence_key() -> None:
    for file in FILES:
        if file.parent.name != "order.v1":
            assert "KEY-" not in (GOLDEN / file).read_text(encoding="utf-8")
    assert "KEY-" in (GOLDEN / "order.v1/domestic.json").read_text(encoding="utf-8")


def test_a_step_leaves_the_payload_that_it_is_given() -> None:
    old = golden("document.v1/domestic.json")
    upcast(PayloadType.DOCUMENT, old)
    assert old == golden("document.v1/domestic.json")


@pytest.mark.parametrize("kind", MODELS)
def test_a_version_of_tomorrow_is_refused_not_guessed(kind: str) -> None:
    model = MODELS[kind]
    payload = golden(f"{kind}.v{newest(model.kind)}/domestic.json")
    payload["metadata"]["manifestVersion"] += 1
    with pytest.raises(Poison, match=f"{kind} payload of version {newest(model.kind) + 1}, and this release knows"):
        manifests.read(model, json.dumps(payload).encode())


SPOILT: list[bytes] = [
    b"",
    b"[]",
    b"null",
    b"\xff",
    b"[" * 100_000,
    b'{"metadata": 1}',
    b'{"metadata": {"manifestVersion": 1, "payloadType": 1}}',
    b'{"metadata": {"manifestVersion": 1, "payloadType": 1}, "licenseKeys": 7}',
    b'{"metadata": {"manifestVersion": 1, "payloadType": 1}, "licenseKeys": [7]}',
    b'{"metadata": {"manifestVersion": true, "payloadType": 1}}',
    b'{"metadata": {"manifestVersion": 0, "payloadType": 1}}',
    b'{"metadata": {"manifestVersion": 1, "payloadType": 3}}',
]


@pytest.mark.parametrize("body", SPOILT, ids=range(len(SPOILT)))
def test_what_is_not_of_the_form_of_its_version_is_poison(body: bytes) -> None:
    with pytest.raises(Poison):
        manifests.read(OrderManifest, body)


def test_an_older_payload_has_exactly_the_fields_of_its_version() -> None:
    for file, model in (("order.v1/domestic.json", OrderManifest), ("email.v1/domestic.json", EmailManifest)):
        with pytest.raises(Poison, match="surplus"):
            manifests.read(model, json.dumps(golden(file) | {"surplus": 1}).encode())


def test_a_document_is_of_the_type_that_it_names() -> None:
    payload = golden("document.v2/credit-note.json")
    with pytest.raises(Poison, match="documentType 1 does not go with typeCode 381"):
        manifests.read(MODELS["document"], json.dumps(payload | {"documentType": 1}).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {"manifestVersion": 3, "payloadType": 3}},
        {"metadata": {"manifestVersion": 2, "payloadType": 1}},
        {"subject": "unknown field"},
        {"to": ""},
    ],
)
def test_another_version_kind_or_field_is_refused(change: dict[str, object]) -> None:
    good = {
        "title": "Invoice",
        "body": "Hello",
        "to": "a@b.example",
        "metadata": {"manifestVersion": 2, "payloadType": 3},
    }
    EmailManifest.model_validate_json(json.dumps(good))
    with pytest.raises(ValidationError):
        EmailManifest.model_validate_json(json.dumps(good | change))
