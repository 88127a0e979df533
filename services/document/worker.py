"""Composition root of the document generator."""

from services.common.pipeline import composition
from services.document.handlers import DocumentHandler
from services.document.process import RenderingProcess


class Settings(composition.PipelineSettings):
    """Everything the document generator is told."""

    queue_url_document: str


def main() -> int:
    """Renders documents until told to stop."""
    settings = Settings.read()
    return composition.run(
        settings,
        "document",
        settings.queue_url_document,
        lambda database, payloads: DocumentHandler(database, payloads, RenderingProcess()),
    )
