"""The schema's revisions: which one this release needs, and how to get there."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from services.common.endpoint import connection_arguments
from services.common.settings import DatabaseSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def head() -> str:
    """The newest revision that this release knows."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise LookupError(f"no revision in {MIGRATIONS}")
    return revision


def upgrade(settings: DatabaseSettings, revision: str = "head") -> None:
    """Brings the schema up to `revision`; concurrent callers wait for each other."""
    _run(settings, lambda config: command.upgrade(config, revision))


def downgrade(settings: DatabaseSettings, revision: str) -> None:
    """Takes the schema back to `revision` (`base` for an empty one)."""
    _run(settings, lambda config: command.downgrade(config, revision))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _run(settings: DatabaseSettings, change: Callable[[Config], None]) -> None:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**connection_arguments(settings)),
        poolclass=NullPool,
    )
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        change(config)
