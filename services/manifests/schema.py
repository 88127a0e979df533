"""The manifests' JSON Schemas, derived from the models and kept as files, so that a change of a payload is seen.

The files of older versions stay as they were released: no model describes them any more, their payloads still exist.
"""

import json
from pathlib import Path
from typing import Any

from services.manifests.base import Manifest
from services.manifests.credit_request import CreditRequestManifest
from services.manifests.document import DocumentManifest
from services.manifests.email import EmailManifest
from services.manifests.order import OrderManifest
from services.manifests.versions import newest

DIRECTORY = Path(__file__).parent / "schemas"
MANIFESTS: tuple[type[Manifest], ...] = (OrderManifest, CreditRequestManifest, DocumentManifest, EmailManifest)
"""Every kind of payload that this release writes."""


def documents() -> dict[str, str]:
    """Name and text of the schema file of each kind in its newest version."""
    return {
        f"{model.kind.name.lower()}.v{newest(model.kind)}.schema.json": json.dumps(
            _schema(model), indent=2, ensure_ascii=False
        )
        + "\n"
        for model in MANIFESTS
    }


def _schema(model: type[Manifest]) -> dict[str, Any]:
    """The model's schema, with the one pair of kind and version that it stands for: a later kind does not change it."""
    schema = model.model_json_schema(mode="serialization")
    definitions = schema["$defs"]
    del definitions["PayloadType"]
    definitions["Metadata"]["properties"] = {
        "manifestVersion": {"const": newest(model.kind)},
        "payloadType": {"const": model.kind.value},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def released() -> dict[str, str]:
    """Name and text of every schema file: all versions of all kinds that a payload may still have."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(DIRECTORY.glob("*.schema.json"))}
