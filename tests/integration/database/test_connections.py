"""How services reach the database: by token over TLS in the cloud, by the peer's id on one machine."""

import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from local.machine.postgres import OWNER, SUPERUSER, Postgres
from services.common import endpoint
from services.common.database import Database
from services.common.endpoint import connection_arguments
from services.common.errors import NoWriter, Unavailable
from services.common.pipeline import outbox
from services.common.readiness import schema_ready, writer_ready
from services.common.settings import DatabaseSettings
from services.database import schema
from services.relay.adapters import OutboxAlarm
from tests.integration.conftest import World
from tests.support.postgres import settings_of
from tests.support.shop import Shop


def elsewhere(host: str) -> DatabaseSettings:
    return DatabaseSettings.read(
        {
            "DATABASE_HOST": host,
            "DATABASE_PORT": "5432",
            "DATABASE_NAME": "cloudsales",
            "SERVICE_NAME": "test",
            "DATABASE_USER": "cloudsales_app",
            "DATABASE_CA_FILE": "/ca.pem",
            "AWS_REGION": "eu-west-1",
        }
    )


def test_over_tcp_a_fresh_token_signs_in_and_tls_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    arguments = connection_arguments(elsewhere("writer.example"))
    token = urlsplit(f"https://{arguments['password']}")
    assert token.hostname == "writer.example"
    assert parse_qs(token.query)["DBUser"] == ["cloudsales_app"]
    assert (arguments["sslmode"], arguments["sslrootcert"]) == ("verify-full", "/ca.pem")
    assert arguments["tcp_user_timeout"] == 10_000


def test_over_a_socket_there_is_no_password(server: Postgres) -> None:
    assert "password" not in connection_arguments(settings_of(server))


def test_without_a_database_a_caller_hears_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 0.2)
    database = Database(elsewhere("/nonexistent"), size=1)
    try:
        with pytest.raises(Unavailable):
            schema_ready(database)
    finally:
        database.close()


@pytest.mark.parametrize("outer", [True, False])
def test_a_transaction_after_one_that_was_rolled_back_is_as_good_as_any(
    world: World, server: Postgres, *, outer: bool
) -> None:
    database = Database(settings_of(server), size=1)

    def doomed() -> None:
        with database.transaction() as connection:
            for _ in range(8):  # psycopg prepares what comes often
                connection.execute("SELECT 1")
            if outer:
                connection.execute("SELECT 1 / 0")
            with suppress(psycopg.errors.DivisionByZero), connection.transaction():
                connection.execute("SELECT 1 / 0")

    if outer:
        with pytest.raises(psycopg.errors.DivisionByZero):
            doomed()
    else:
        doomed()
    writer_ready(database)
    database.close()


def test_without_credentials_a_caller_hears_unavailable_and_the_next_one_asks_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 0.2)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    endpoint._signer.cache_clear()
    database = Database(elsewhere("writer.example"), size=1)
    with pytest.raises(NoWriter):
        schema_ready(database)
    database.close()
    assert endpoint._signer.cache_info().currsize == 0


def test_a_database_without_our_schema_is_no_writer_for_anybody(server: Postgres) -> None:
    database = Database(settings_of(server).model_copy(update={"database_name": SUPERUSER}), size=1)
    for ready in (schema_ready, writer_ready):
        with pytest.raises(Unavailable, match="older"):
            ready(database)
    database.close()


def test_the_application_cannot_change_the_schema_or_forget_rows(world: World) -> None:
    for statement in (
        "DROP TABLE invoice",
        "DELETE FROM sales_order",
        "CREATE TABLE x ()",
        "UPDATE order_event SET at = now()",
        "UPDATE alembic_version SET version_num = '9999'",
    ):
        with (
            pytest.raises(Exception, match=r"permission denied|must be owner"),
            world.database.transaction() as connection,
        ):
            connection.execute(statement.encode())


def test_a_connection_to_a_former_writer_is_given_up(world: World, server: Postgres) -> None:
    database = Database(settings_of(server), size=1)

    def process(mode: str) -> object:
        with database.transaction() as connection:
            connection.execute(f"SET TRANSACTION {mode}".encode())
            row = connection.execute("UPDATE customer SET note = '' RETURNING pg_backend_pid() AS pid").fetchone()
            return row and row["pid"]

    try:
        former = process("READ WRITE")
        with pytest.raises(Unavailable):
            process("READ ONLY")
        assert process("READ WRITE") != former
    finally:
        database.close()


def test_nobody_is_ready_while_the_database_takes_no_writes(world: World, server: Postgres) -> None:
    database = Database(settings_of(server), size=1)
    with server.connect(SUPERUSER) as superuser:
        try:
            for ready in (schema_ready, writer_ready):
                ready(database)
                superuser.execute("ALTER ROLE cloudsales_app SET default_transaction_read_only = on")
                with database.transaction() as connection:
                    connection.execute("SET default_transaction_read_only = on")  # as on a former writer
                with pytest.raises(NoWriter):
                    ready(database)
                superuser.execute("ALTER ROLE cloudsales_app RESET ALL")
                ready(database)  # by a new connection: the other one was given up
        finally:
            superuser.execute("ALTER ROLE cloudsales_app RESET ALL")
            database.close()


def test_a_migration_waits_for_the_one_before_it(world: World, server: Postgres) -> None:
    with server.connect(OWNER) as first:
        first.execute("SELECT pg_advisory_lock(4310822)")
        second = ThreadPoolExecutor().submit(schema.upgrade, settings_of(server, owner=True))
        with pytest.raises(FutureTimeout):
            second.result(timeout=3)
    second.result(timeout=20)


def test_a_relay_that_is_to_stop_does_not_wait_for_rows(world: World, server: Postgres) -> None:
    alarm, stop = OutboxAlarm(settings_of(server)), threading.Event()
    waiting = threading.Thread(target=alarm.wait, args=(stop, 60), daemon=True)
    waiting.start()
    stop.set()
    waiting.join(timeout=20)
    assert not waiting.is_alive()
    alarm.close()


def test_a_committed_outbox_row_wakes_the_relay_at_once(world: World, server: Postgres) -> None:
    alarm, stop = OutboxAlarm(settings_of(server)), threading.Event()
    alarm.wait(stop, 0.01)
    waiting = threading.Thread(target=alarm.wait, args=(stop, 30), daemon=True)
    waiting.start()
    Shop(world).order()
    waiting.join(timeout=20)
    assert not waiting.is_alive()
    alarm.close()


def test_a_lost_channel_is_opened_again(world: World, server: Postgres) -> None:
    alarm, stop = OutboxAlarm(settings_of(server)), threading.Event()
    stop.set()
    alarm.wait(stop, 0.01)
    with server.connect("postgres") as superuser:
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN outbox'")
    alarm.wait(stop, 1)
    alarm.wait(stop, 0.01)
    alarm.close()


def test_equal_manifests_give_equal_paths(world: World) -> None:
    Shop(world).order()
    body = str(world.value("SELECT body FROM outbox"))
    path = str(world.value("SELECT path FROM outbox"))
    assert outbox.PATH.fullmatch(path)
    assert len(body.encode()) == world.value("SELECT length FROM outbox")
