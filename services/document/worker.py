"""Composition root of the document generator."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, Json
from pydantic.alias_generators import to_camel

from services.common.database import Database
from services.common.pipeline import composition
from services.common.pipeline.worker import Loop
from services.document.aftermath import Aftermath
from services.document.handlers import DocumentHandler
from services.document.process import RenderingProcess
from services.document.remains import Remains


class Bucket(BaseModel):
    """The payload bucket of a region, by the region's name."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    region: str = Field(min_length=1)
    bucket: str = Field(min_length=1)
    aws_region: str = Field(min_length=1)


class Settings(composition.PipelineSettings):
    """Everything the document generator is told; `payload_buckets` are those of all regions, its own among them."""

    queue_url_document: str
    payload_buckets: Json[tuple[Bucket, ...]]


def main() -> int:
    """Renders documents until told to stop, and searches for what was lost after the loss of a region."""
    settings = Settings.read()

    def beside(database: Database) -> Mapping[str, Loop]:
        buckets = [Remains(one.region, one.bucket, one.aws_region) for one in settings.payload_buckets]
        return {"aftermath": Aftermath(database, buckets).run}

    return composition.run(
        settings,
        "document",
        settings.queue_url_document,
        lambda database, payloads: DocumentHandler(database, payloads, RenderingProcess()),
        beside,
    )
