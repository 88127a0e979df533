"""The note of a change of the writer on a real database: made once, by one of many, mailed once, and shown."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from local.machine.postgres import CONTROLLER, Postgres
from services.common.database import Database
from services.common.errors import NoWriter, Unavailable
from services.orchestrator.handover import noting
from services.orchestrator.handover.noting import Noting, letter_id
from services.orchestrator.queues import DeadLetters
from tests.integration.conftest import REGION, Aws, World
from tests.support.desk import Desk, headers
from tests.support.pair import Control
from tests.support.postgres import settings_of

TO = "operations@cloud-sales.example"


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    return Desk(world, aws)


@pytest.fixture
def control(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """The controller's hands; what it does not admit is admitted again at the end."""
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 0.3)
    with server.connect(CONTROLLER) as connection:
        control = Control(connection)
        yield control
        control.admit("open")


def noter(desk: Desk, region: str = "apac", database: Database | None = None) -> Noting:
    return Noting(database or desk.world.database, desk.letters(), region, TO)


def counted(world: World) -> tuple[object, object]:
    return world.value("SELECT count(*) FROM handover"), world.value(
        "SELECT count(*) FROM outbox WHERE queue = 'email'"
    )


def shown(desk: Desk, epoch: int) -> Any:
    return desk.get(f"/handovers/{epoch}")


def test_of_many_that_notice_an_epoch_one_makes_the_note_and_one_mail_goes_out(
    desk: Desk, control: Control, server: Postgres
) -> None:
    control.begin()
    databases = [Database(settings_of(server), size=1) for _ in range(6)]
    together = threading.Barrier(len(databases))

    def notice(database: Database) -> int | None:
        together.wait()
        return noter(desk, database=database).make()

    with ThreadPoolExecutor(len(databases)) as threads:
        made = list(threads.map(notice, databases))
    assert sorted(made, key=str) == [control.epoch(), *[None] * 5]
    assert counted(desk.world) == (1, 1)
    assert noter(desk).make() is None
    for database in databases:
        database.close()


def test_the_loser_of_the_race_that_got_as_far_as_writing_writes_nothing(
    desk: Desk, control: Control, server: Postgres
) -> None:
    control.begin()
    with desk.world.database.transaction() as first:
        first.execute("INSERT INTO handover (epoch, note) VALUES (%s, '{}')", (control.epoch(),))
        with ThreadPoolExecutor(1) as threads:
            second = threads.submit(noter(desk, database=(other := Database(settings_of(server), size=1))).make)
            while desk.world.value("SELECT count(*) FROM pg_locks WHERE NOT granted") != 1:
                assert not second.done()
            first.commit()
            assert second.result() is None
    other.close()
    assert counted(desk.world) == (1, 0)


def test_the_mail_is_sent_by_the_pipeline_to_the_operations_team(desk: Desk, control: Control) -> None:
    control.begin()
    epoch = noter(desk).make()
    desk.finish()
    [(message, recipient, _)] = desk.pipeline.outbound.accepted
    assert recipient == message["To"] == TO
    assert f"epoch {epoch}" in message["Subject"]
    assert desk.world.value("SELECT state FROM email_ledger WHERE order_id = %s", letter_id(epoch or 0)) == "SENT"
    assert desk.world.value("SELECT count(*) FROM outbox WHERE customer_id IS NULL AND consumed_at IS NOT NULL") == 1


def test_the_first_epoch_has_no_note(desk: Desk, control: Control, server: Postgres) -> None:
    epoch = control.epoch()
    with server.connect("cloudsales_owner") as owner:
        owner.execute("UPDATE writer_epoch SET epoch = 1")
        try:
            assert noter(desk).make() is None
        finally:
            owner.execute("UPDATE writer_epoch SET epoch = %s", (epoch,))
    assert counted(desk.world) == (0, 0)


def test_a_lost_region_is_told(desk: Desk, control: Control) -> None:
    control.begin(lost="eu")
    epoch = noter(desk).make()
    assert epoch is not None
    assert shown(desk, epoch)["lost"] == "eu"
    assert "THE REGION eu IS LOST" in str(desk.world.value("SELECT body::json ->> 'body' FROM outbox"))


@pytest.mark.parametrize("admission", ["draining", "closed"])
def test_while_nothing_is_admitted_the_note_waits(desk: Desk, control: Control, admission: str) -> None:
    control.begin()
    control.admit(admission)
    with pytest.raises(NoWriter):
        noter(desk).make()
    assert counted(desk.world) == (0, 0)
    control.admit("open")
    assert noter(desk).make() == control.epoch()


def test_the_region_that_has_the_writer_goes_first_and_another_one_does_not_wait_for_ever(
    desk: Desk, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    control.begin()
    assert noter(desk, "eu").make() is None
    monkeypatch.setattr(noting, "PRECEDENCE_SECONDS", 0)
    epoch = noter(desk, "eu").make()
    assert epoch is not None
    assert shown(desk, epoch)["madeIn"] == "eu"


def test_a_note_says_where_the_writer_was(desk: Desk, control: Control) -> None:
    control.begin()
    control.ask("SELECT begin_epoch(epoch, 'eu', 'test') FROM writer_epoch")
    epoch = noter(desk, "eu").make()
    assert epoch is not None
    assert [shown(desk, epoch)[name] for name in ("fromRegion", "toRegion", "lost")] == ["apac", "eu", None]


def test_queues_that_do_not_answer_hold_up_no_note(desk: Desk, control: Control) -> None:
    control.begin()
    gone = {name: f"{url}-gone" for name, url in desk.dead.items()}
    made = Noting(desk.world.database, DeadLetters(gone, {}, REGION), "apac", TO).make()
    assert made is not None
    note = shown(desk, made)
    assert note["numbers"]["deadLetters"] is None
    assert {queue["waiting"] for queue in note["deadLetterQueues"]} == {None}


def test_notes_are_listed_page_by_page_the_newest_first(desk: Desk, control: Control) -> None:
    made = []
    for _ in range(3):
        control.begin()
        made.append(noter(desk).make())
    first = desk.get("/handovers", limit="2")
    rest = desk.get("/handovers", limit="2", cursor=first["next"])
    assert [note["epoch"] for note in first["handovers"] + rest["handovers"]] == made[::-1]
    assert rest["next"] is None
    assert "parked" not in first["handovers"][0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"/handovers/{epoch}", 404) for epoch in (0, 1, "x", 2**63 - 1, 2**63, UUID(int=1))),
        ("/handovers?cursor=x", 400),
        ("/writer?x=1", 400),
    ],
    ids=str,
)
def test_what_is_no_note_is_not_found(desk: Desk, path: str, status: int) -> None:
    assert desk.client.get(f"/operations{path}", headers=headers()).status_code == status


def test_the_writer_is_shown_with_what_is_under_way_even_when_it_is_closed(desk: Desk, control: Control) -> None:
    control.begin(lost="eu")
    control.admit("closed")
    told = desk.get("/writer")
    assert (told["epoch"], told["region"], told["lost"]) == (control.epoch(), "apac", "eu")
    assert (told["admission"], told["changedBy"]) == ("closed", "test")
    assert told["unfinished"] == {"ccpCalls": 0, "transactions": 0}


def test_no_tenant_sees_a_note_and_nobody_changes_one(desk: Desk, control: Control) -> None:
    control.begin()
    noter(desk).make()
    for statement in ("UPDATE handover SET note = '{}'", "DELETE FROM handover"):
        with pytest.raises(Exception, match="permission denied"), desk.world.database.transaction() as connection:
            connection.execute(statement.encode())
    mine = desk.world.customer("mueller").id
    with pytest.raises(Exception, match="permission denied"), desk.world.database.tenant(mine) as connection:
        connection.execute("SELECT FROM handover")
    with desk.world.database.tenant(mine) as connection:
        assert connection.execute("SELECT FROM outbox").rowcount == 0


def test_without_a_database_the_note_waits_too(desk: Desk, server: Postgres) -> None:
    nowhere = Database(settings_of(server).model_copy(update={"database_host": "/nonexistent"}), size=1)
    with pytest.raises(Unavailable):
        noter(desk, database=nowhere).make()
    nowhere.close()
