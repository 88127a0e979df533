"""What a second failure finds: a lost PDF that is on its way, an order that is parked; and what is kept of it."""

import psycopg
import pytest

from services.common.errors import Retry
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.inbox import Work
from tests.integration.conftest import Aws, World
from tests.support.desk import Desk, lose

REOPENED = "UPDATE inbox SET finished_at = NULL, outcome = NULL, lease_until = now() WHERE consumer = 'document'"


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    desk = Desk(world, aws)
    desk.order()
    for queue in ("invoice", "document"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    desk.pipeline.relay()
    lose(str(world.value("SELECT document_path FROM invoice")))
    return desk


def test_a_mail_waits_for_its_lost_pdf_while_that_is_rendered_again(desk: Desk) -> None:
    desk.world.admin.execute(REOPENED)
    with pytest.raises(Retry, match="missing in S3; it is being rendered again"):
        desk.pipeline.take("email")
    assert desk.pipeline.state() == "DOCUMENTED"
    desk.pipeline.take("document")
    desk.pipeline.take("email")
    assert desk.pipeline.state() == "EMAILED"
    assert len(desk.pipeline.outbound.accepted) == 1


@pytest.mark.parametrize("given_up", [False, True])
def test_a_mail_whose_lost_pdf_nobody_renders_parks_its_order(desk: Desk, given_up: bool) -> None:
    if given_up:
        desk.world.admin.execute(REOPENED)
        desk.world.admin.execute("UPDATE outbox SET due_at = 'infinity' WHERE queue = 'document'")
    desk.pipeline.take("email")
    assert desk.pipeline.state() == "PARKED"
    assert "missing in S3" in desk.pipeline.reason()


def test_an_order_whose_rendering_again_had_failed_goes_on_with_it(desk: Desk) -> None:
    desk.world.admin.execute(REOPENED)
    desk.world.admin.execute("UPDATE sales_order SET state = 'INVOICED'")
    desk.pipeline.take("document")
    assert desk.pipeline.state() == "DOCUMENTED"
    desk.pipeline.take("email")
    assert desk.pipeline.state() == "EMAILED"
    assert desk.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 1


def test_a_parked_order_tells_why_its_second_path_was_parked(desk: Desk) -> None:
    desk.world.admin.execute("UPDATE sales_order SET state = 'PARKED', reason = 'the first reason'")
    desk.pipeline.take("email")
    assert desk.pipeline.reason() == "the first reason"
    order = desk.get(f"/orders/{desk.world.value('SELECT id FROM sales_order')}")
    [email] = [stage for stage in order["stages"] if stage["stage"] == "email"]
    assert email["status"] == "parked"
    assert "missing in S3" in email["error"]


def test_what_operators_see_of_a_database_error_quotes_no_row(desk: Desk) -> None:
    def twice(work: Work, body: bytes) -> None:
        with desk.world.database.transaction() as connection:
            connection.execute("INSERT INTO legal_entity SELECT * FROM legal_entity LIMIT 1")

    consumer = Consumer("email", desk.world.database, desk.aws.payloads, twice)
    with pytest.raises(psycopg.errors.UniqueViolation, match="already exists"):
        consumer.take(desk.pipeline.message("email"))
    error = desk.world.value("SELECT last_error FROM inbox WHERE consumer = 'email'")
    assert error == "UniqueViolation: SQLSTATE 23505, constraint legal_entity_pkey"
