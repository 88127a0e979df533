import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from local.machine.layout import Layout
from local.machine.postgres import APPLICATION, DATABASE, OWNER, SUPERUSER, Postgres
from local.machine.privileges import database_home, make_private
from local.machine.supervisor import Supervisor
from local.machine.waiting import wait_until

ROLES = Path(__file__).parents[3] / "services" / "database" / "bootstrap.sql"


@pytest.fixture
def postgres(layout: Layout, supervisor: Supervisor) -> Iterator[Postgres]:
    make_private(layout)
    made = Postgres(layout)
    made.prepare()
    supervisor.start([made.program()])
    made.wait_ready()
    yield made
    supervisor.stop()
    if base := database_home(layout).base:
        shutil.rmtree(base)


def test_the_product_s_roles_sign_in_as_the_operating_system_s_user_and_the_data_survive_a_restart(
    postgres: Postgres, supervisor: Supervisor
) -> None:
    postgres.bootstrap(ROLES)
    postgres.bootstrap(ROLES)  # as every `up` does
    with postgres.connect(OWNER) as owner:
        owner.execute("CREATE TABLE kept (id int)")
        owner.execute("INSERT INTO kept VALUES (7)")

    supervisor.stop()
    postgres.prepare()
    supervisor.start([postgres.program()])
    postgres.wait_ready()

    with postgres.connect(OWNER) as owner:
        assert owner.execute("SELECT id FROM kept").fetchall() == [(7,)]
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
        assert owner.execute("SHOW data_checksums").fetchone() == ("on",)
        assert owner.execute("SELECT datlocale FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() == (
            "C.UTF-8",
        )
    with (
        postgres.connect(APPLICATION) as application,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        application.execute("SELECT id FROM kept")


def test_no_other_role_is_let_in(postgres: Postgres) -> None:
    with postgres.connect(SUPERUSER, SUPERUSER) as superuser:
        superuser.execute("CREATE ROLE stranger LOGIN")

    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        postgres.connect("stranger", SUPERUSER)


def test_the_log_tells_an_error_without_the_row_that_caused_it(postgres: Postgres, layout: Layout) -> None:
    with postgres.connect(SUPERUSER, SUPERUSER) as superuser:
        superuser.execute("CREATE TABLE license (key text PRIMARY KEY)")
        for _ in range(2):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                superuser.execute("INSERT INTO license VALUES (%s)", ("CANARY-1234",))
        superuser.execute("SELECT pg_sleep(1.1), %s::text", ("CANARY-5678",))

    def log() -> str:
        return "".join(path.read_text(encoding="utf-8") for path in layout.logs.glob("postgres*"))

    assert wait_until(lambda: "pg_sleep(1.1)" in log(), 10.0)  # the supervisor writes what it reads from a pipe
    assert "duplicate key value violates" in log()
    assert "CANARY" not in log()
