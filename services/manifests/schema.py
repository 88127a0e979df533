"""The manifests' JSON Schemas, derived from the models and kept as files, so that a change of a payload is seen."""

import json
from pathlib import Path

from pydantic import BaseModel

from services.manifests.document import DocumentManifest
from services.manifests.email import EmailManifest
from services.manifests.order import OrderManifest

DIRECTORY = Path(__file__).parent / "schemas"
MANIFESTS: dict[str, type[BaseModel]] = {
    "order.v1": OrderManifest,
    "document.v1": DocumentManifest,
    "email.v1": EmailManifest,
}
"""Every kind and version that this release reads and writes."""


def documents() -> dict[str, str]:
    """Each schema file's name and text."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema(mode="serialization"),
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in MANIFESTS.items()
    }
