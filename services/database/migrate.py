"""Composition root of the migration job: run before a release starts its pods."""

import logging

from pydantic import Field

from services.common import telemetry
from services.common.settings import DatabaseSettings, ProcessSettings
from services.database import login, schema


class Settings(ProcessSettings, DatabaseSettings):
    """Everything the migration job is told."""

    controller_login_arn: str = Field(pattern="^arn:aws[a-z-]*:secretsmanager:")


def main() -> int:
    """Upgrades the schema to the head of this release, and lets in who moves its writer."""
    settings = Settings.read()
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    schema.upgrade(settings)
    logging.getLogger(__name__).info("schema is at %s", schema.head())
    login.let_in(settings, login.read(settings.controller_login_arn, settings.aws_region))
    return 0
