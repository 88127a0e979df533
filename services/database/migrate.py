"""Composition root of the migration job: run before a release starts its pods."""

import logging

from services.common import telemetry
from services.common.settings import DatabaseSettings, ProcessSettings
from services.database import schema


class Settings(ProcessSettings, DatabaseSettings):
    """Everything the migration job is told."""


def main() -> int:
    """Upgrades the schema to the head of this release."""
    settings = Settings.read()
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    schema.upgrade(settings)
    logging.getLogger(__name__).info("schema is at %s", schema.head())
    return 0
