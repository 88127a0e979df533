"""Revision 0023 is taken back with what only it allows, and nothing else."""

from local.machine.postgres import CONTROLLER, Postgres
from services.database import schema
from services.orchestrator.handover.noting import Noting
from tests.integration.conftest import Aws, World
from tests.support.desk import Desk
from tests.support.pair import Control
from tests.support.postgres import settings_of

TABLES = ("outbox", "inbox", "email_ledger")


def counted(world: World) -> list[object]:
    return [world.value(f"SELECT count(*) FROM {table}") for table in TABLES]


def test_mails_to_our_own_people_go_and_those_of_customers_stay(world: World, aws: Aws, server: Postgres) -> None:
    desk, owner = Desk(world, aws), settings_of(server, owner=True)
    desk.pipeline.run()
    before = counted(world)
    with server.connect(CONTROLLER) as connection:
        Control(connection).begin()
    assert Noting(world.database, desk.letters(), "apac", "operations@cloud-sales.example").make() is not None
    desk.finish()
    attempt = desk.pipeline.outbound.accepted[-1][2]
    world.admin.execute(
        "INSERT INTO mail_event (attempt_id, event_type, message_id, at) VALUES (%s, 'Send', %s, now())",
        (attempt, "a message"),
    )
    assert counted(world) == [int(str(count)) + 1 for count in before]
    schema.downgrade(owner, "0022")
    try:
        assert counted(world) == before
        assert world.value("SELECT count(*) FROM mail_event WHERE attempt_id = %s", attempt) == 0
        assert world.value("SELECT to_regclass('handover')") is None
        columns = (
            "SELECT count(*) FROM information_schema.columns WHERE table_name = 'writer_epoch' AND column_name = %s"
        )
        assert world.value(columns, "former") == 0
    finally:
        schema.upgrade(owner)
    assert world.value("SELECT count(*) FROM handover") == 0
