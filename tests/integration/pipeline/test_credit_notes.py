"""Credit notes are counted in series of their own, each for one wish."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from services.common.pipeline.queues import Message
from services.invoice import numbering
from services.invoice.credit import CreditRefused
from services.invoice.crediting import issue
from services.invoice.numbering import InvoiceKind
from tests.support.credit_requests import hand_over, wish
from tests.support.numbers import credit, held, invoiced, mail_stage
from tests.support.pipeline import Pipeline


def test_a_credit_note_is_numbered_printed_and_mailed_in_its_own_series(pipeline: Pipeline) -> None:
    address = pipeline.run()
    assert credit(pipeline, 1) == "EUC-000001"
    mail_stage(pipeline)
    message, _, _ = pipeline.outbound.accepted[-1]
    assert message["Subject"].startswith("Credit note EUC-000001 from")
    assert [file.get_filename() for file in message.iter_attachments()] == ["credit-note-EUC-000001.pdf"]
    row = pipeline.world.admin.execute(
        "SELECT n.amount::text, i.amount::text, n.revision, l.quantity, l.sales_price > 0 FROM invoice n"
        " JOIN invoice i ON i.id = n.corrects_id JOIN invoice_line l ON l.invoice_id = n.id"
    ).fetchone()
    assert row == ("14.5100", "29.0300", 2, 1, True)
    order = pipeline.world.value("SELECT id FROM sales_order")
    request = pipeline.world.value("SELECT request_id FROM invoice WHERE kind = 'CREDIT_NOTE'")
    assert held("numbers/EUC/1") == f"{order} {request}"
    shown = pipeline.shop.get(address).json
    assert shown is not None
    assert (shown["state"], shown["invoiceNumber"]) == ("EMAILED", "EU-000001")
    assert shown["stages"][-1]["stage"] == "CREDITED"


def test_invoices_and_credit_notes_count_apart(pipeline: Pipeline) -> None:
    pipeline.run()
    credit(pipeline, 1)
    pipeline.run()
    credit(pipeline, 1)
    assert pipeline.world.admin.execute(
        "SELECT series, kind, array_agg(number ORDER BY number) FROM invoice GROUP BY 1, 2 ORDER BY 1"
    ).fetchall() == [("EU", "INVOICE", [1, 2]), ("EUC", "CREDIT_NOTE", [1, 2])]


def test_the_same_request_gives_the_same_credit_note(pipeline: Pipeline) -> None:
    pipeline.run()
    request = uuid4()
    assert [credit(pipeline, 1, request) for _ in range(3)] == ["EUC-000001"] * 3
    assert pipeline.world.value("SELECT count(*) FROM invoice WHERE kind = 'CREDIT_NOTE'") == 1
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'document'") == 2
    pipeline.run()
    with (
        pytest.raises(CreditRefused, match="something else before"),
        pipeline.world.database.transaction() as connection,
    ):
        issue(connection, wish(pipeline.world, {1: 1}, "EU-000002", request_id=request))


@pytest.mark.parametrize(
    ("first", "then", "same"),
    [
        ({1: 1}, {1: 1}, True),
        ({1: 1}, {1: 2}, False),
        ({1: 1}, None, False),
        (None, None, True),
        (None, {1: 2}, True),
        (None, {1: 1}, False),
    ],
)
def test_a_request_id_stands_for_one_wish(
    pipeline: Pipeline, first: dict[int, int] | None, then: dict[int, int] | None, same: bool
) -> None:
    pipeline.run()
    request, world = uuid4(), pipeline.world

    def ask(quantities: dict[int, int] | None, reason: str = "Cancelled") -> str:
        with world.database.transaction() as connection:
            return issue(connection, wish(world, quantities, reason=reason, request_id=request))

    ask(first)
    if same:
        assert ask(then) == "EUC-000001"
    else:
        with pytest.raises(CreditRefused, match="asked for something else before"):
            ask(then)
    with pytest.raises(CreditRefused, match="asked for something else before"):
        ask(first, "Another reason")
    assert world.value("SELECT count(*) FROM invoice WHERE kind = 'CREDIT_NOTE'") == 1


def test_a_refusal_takes_no_number_even_if_the_caller_goes_on(pipeline: Pipeline) -> None:
    pipeline.run()
    with pipeline.world.database.transaction() as connection:
        for reason, quantities in (("Cancelled", {1: 3}), ("a\u202eb", {1: 1})):
            with pytest.raises(CreditRefused):
                issue(connection, wish(pipeline.world, quantities, reason=reason))
    assert pipeline.world.value("SELECT count(*) FROM invoice_series WHERE kind = 'CREDIT_NOTE'") == 0
    assert credit(pipeline) == "EUC-000001"
    with pytest.raises(CreditRefused, match="nothing of invoice EU-000001 is left"):
        credit(pipeline)


@pytest.mark.parametrize("number", ["EU-000002", "EUC-000001", "nonsense"])
def test_only_an_invoice_can_be_credited(pipeline: Pipeline, number: str) -> None:
    pipeline.run()
    credit(pipeline, 1)
    with pytest.raises(CreditRefused, match="there is no invoice"), pipeline.world.database.transaction() as connection:
        issue(connection, wish(pipeline.world, None, number))


def test_writers_at_once_leave_no_gap_and_take_back_no_piece_twice(pipeline: Pipeline) -> None:
    pieces, writers = 24, 8
    pipeline.shop.order(pipeline.shop.body(amount=pieces))
    pipeline.relay()
    pipeline.take("invoice")
    start, lock = threading.Barrier(writers), threading.Lock()
    model = wish(pipeline.world, {1: 1})
    issued: list[str] = []
    refused: list[str] = []

    def write(_: int) -> None:
        start.wait()
        for _turn in range(pieces // writers + 1):
            request = replace(model, request_id=uuid4())
            try:
                with pipeline.world.database.transaction() as connection:
                    number = issue(connection, request)
            except CreditRefused as fault:
                with lock:
                    refused.append(str(fault))
            else:
                with lock:
                    issued.append(number)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert (len(issued), len(refused)) == (pieces, writers)
    world = pipeline.world
    assert world.value("SELECT array_agg(number ORDER BY number) FROM invoice WHERE kind = 'CREDIT_NOTE'") == list(
        range(1, pieces + 1)
    )
    assert world.value("SELECT last_number FROM invoice_series WHERE series = 'EUC'") == pieces
    invoiced_amount, credited = (
        world.value("SELECT sum(amount) FROM invoice WHERE kind = %s", kind.value) for kind in InvoiceKind
    )
    assert invoiced_amount == credited


def test_a_credit_note_does_not_carry_an_unfinished_order_on(pipeline: Pipeline) -> None:
    def take(queue: str, revision: int) -> object:
        pipeline.relay()
        path = pipeline.world.value(
            "SELECT path FROM outbox WHERE queue = %s AND path LIKE %s", queue, f"%/{queue}/{revision}-%"
        )
        pipeline.consumers[queue].take(Message(json.dumps({"path": path}), "receipt", 1))
        return pipeline.state()

    invoiced(pipeline)
    credit(pipeline, 1)
    assert take("document", 2) == "INVOICED"
    assert take("document", 1) == "DOCUMENTED"
    assert take("email", 2) == "DOCUMENTED"
    assert take("email", 1) == "EMAILED"
    assert [mail["Subject"].split(" from ")[0] for mail, _, _ in pipeline.outbound.accepted] == [
        "Credit note EUC-000001",
        "Invoice EU-000001",
    ]


def test_a_series_counts_one_kind_of_one_legal_entity(pipeline: Pipeline) -> None:
    pipeline.run()
    world = pipeline.world
    rows = world.admin.execute("SELECT id::text FROM legal_entity ORDER BY invoice_series").fetchall()
    entities = [UUID(str(row[0])) for row in rows]
    for entity, kind in ((entities[0], InvoiceKind.INVOICE), (entities[1], InvoiceKind.CREDIT_NOTE)):
        with (
            pytest.raises(LookupError, match="another legal entity's, of another kind"),
            world.database.transaction() as connection,
        ):
            numbering.draw(connection, "EU", entity, kind)
    with pytest.raises(psycopg.errors.CheckViolation):
        world.admin.execute("UPDATE legal_entity SET invoice_series = 'EUC' WHERE invoice_series = 'EU'")


def test_a_request_on_the_queue_becomes_one_credit_note_with_its_mail(pipeline: Pipeline) -> None:
    address = pipeline.run()
    hand_over(pipeline.world, wish(pipeline.world, {1: 1}))
    for queue in ("invoice", "document", "email"):
        pipeline.relay()
        pipeline.take(queue, times=3)
    assert [mail["Subject"].split(" from ")[0] for mail, _, _ in pipeline.outbound.accepted] == [
        "Invoice EU-000001",
        "Credit note EUC-000001",
    ]
    shown = pipeline.shop.get(address).json
    assert shown is not None
    assert (shown["state"], shown["stages"][-1]["stage"]) == ("EMAILED", "CREDITED")


def test_a_request_that_cannot_be_met_is_told_and_stops_nothing(pipeline: Pipeline) -> None:
    invoiced(pipeline)
    hand_over(pipeline.world, wish(pipeline.world, {1: 3}))
    pipeline.relay()
    pipeline.take("invoice")
    told = pipeline.world.value("SELECT detail FROM order_event WHERE stage = 'CREDIT_REFUSED'")
    assert told == "3 of line 1 of invoice EU-000001 cannot be credited: 2 are left"
    assert pipeline.state() == "INVOICED"
    assert pipeline.world.value("SELECT count(*) FROM invoice_series WHERE kind = 'CREDIT_NOTE'") == 0
    mail_stage(pipeline)
    assert pipeline.state() == "EMAILED"


def test_nobody_credits_an_invoice_in_the_name_of_another_order(pipeline: Pipeline) -> None:
    pipeline.run()
    pipeline.run()
    others = wish(pipeline.world, {1: 1}, "EU-000002").order_id
    with pytest.raises(CreditRefused, match="EU-000001 of this order"), pipeline.world.database.transaction() as own:
        issue(own, replace(wish(pipeline.world, {1: 1}), order_id=others))
