"""The mail of a hand-over note: numbers first, no more than the operators' API shows, and never too long to be sent."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.email.composition import build_message
from services.orchestrator.handover.examples import HANDOVER
from services.orchestrator.handover.letter import letter
from services.orchestrator.handover.views import Handover
from services.orchestrator.handover.wording import LONGEST, ago, line

ORDER = UUID("0749be3c-dbcd-4505-9d47-90358bcc4de7")
TO = "operations@cloud-sales.example"
NOW = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("parked", "unfinished", "cases", "cases_for_us", "changes", "discrepancies", "unmailed"), ()),
    "dead_letter_queues": (),
}


def note(**changes: Any) -> Handover:
    return Handover.model_validate(HANDOVER.answer).model_copy(update=changes)


def calm() -> Handover:
    shown = note()
    return shown.model_copy(
        update={
            **NOTHING,
            "numbers": shown.numbers.model_copy(update=dict.fromkeys(type(shown.numbers).model_fields, 0)),
        }
    )


def paragraphs(about: Handover) -> list[str]:
    return letter(about, TO).body.split("\n\n")


def test_the_title_says_where_to_and_what_waits() -> None:
    mail = letter(note(), TO)
    assert mail.title == "hand-over to apac, epoch 7: 1 parked order, 2 dead letters, 1 case for us, 1 discrepancy"
    assert (mail.to, mail.important) == (TO, False)


def test_the_numbers_come_before_everything_that_is_listed() -> None:
    switch, numbers, first, *_ = paragraphs(note())
    assert switch == (
        "The writer moved from eu to apac on 23 November 2026, 23:00 UTC (epoch 7).\nAs of 23 November 2026, 23:00 UTC:"
    )
    assert numbers.splitlines() == [
        "1 order parked, the oldest for 10 h 59 min",
        "3 orders on the way, the oldest for less than a minute",
        "2 dead letters in apac, the oldest sent 11 h 0 min ago",
        "1 case for us to answer (0 urgent), of 2 open",
        "1 change of licences parked, of 2 not finished",
        "0 orders to be cancelled",
        "1 sale at the cloud provider without a fitting order",
        "1 document without the mail, the oldest for 11 h 0 min",
    ]
    assert first.splitlines() == [
        "Parked orders:",
        f"{ORDER}, Liffey Freight Ltd, for 10 h 59 min: the mail server refuses the address: mailbox full",
    ]


def test_when_nothing_waits_nothing_is_listed() -> None:
    assert letter(calm(), TO).title.endswith("nothing waits for a person")
    assert len(paragraphs(calm())) == 3


def test_a_lost_region_is_told_first_of_all() -> None:
    mail = letter(note(lost="eu"), TO)
    assert mail.title.startswith("eu is lost, hand-over to apac")
    assert mail.important
    assert paragraphs(note(lost="eu"))[1].startswith("THE REGION eu IS LOST: it did not hand over.\n")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, "apac", "The writer moved to apac on"),
        ("apac", "apac", "The writer began anew in apac on"),
        (None, None, "The writer moved to a region without a name on"),
    ],
)
def test_a_switch_of_which_less_is_known_is_told_all_the_same(before: str | None, after: str | None, told: str) -> None:
    assert paragraphs(note(from_region=before, to_region=after))[0].startswith(told)


def test_a_queue_that_did_not_answer_makes_the_sum_unknown() -> None:
    shown = note()
    silent = shown.dead_letter_queues[0].model_copy(update={"waiting": None})
    unknown = note(
        numbers=shown.numbers.model_copy(update={"dead_letters": None}),
        dead_letter_queues=(silent, *shown.dead_letter_queues[1:]),
    )
    assert "? dead letters in apac" in letter(unknown, TO).body
    assert "? dead letters" in letter(unknown, TO).title
    assert "invoice: the queue did not answer" in letter(unknown, TO).body


def test_urgent_cases_are_counted_if_they_wait_for_us() -> None:
    told = [note().cases[0].model_copy(update=case) for case in (
        {"priority": "URGENT", "status": "OPEN", "count": 2},
        {"priority": "URGENT", "status": "WAITING_FOR_CUSTOMER", "count": 5},
    )]  # fmt: skip
    assert "(2 urgent)" in letter(note(cases=tuple(told)), TO).body


def test_the_longest_note_can_be_sent_whatever_others_have_said_in_it() -> None:
    shown, long = note(), "x\r\n\x1b\u202e\u2028" * 2_000
    many = {
        name: tuple(
            entry.model_copy(
                update={field: long for field in ("customer", "reason", "refusal") if hasattr(entry, field)}
            )
            for entry in getattr(shown, name) * 10
        )
        for name in ("parked", "cases_for_us", "changes", "discrepancies", "unmailed")
    }
    huge = shown.numbers.model_copy(update=dict.fromkeys(type(shown.numbers).model_fields, 10**9))
    mail = letter(note(**many, numbers=huge), TO)
    assert len(mail.body) < 20_000
    assert "Parked orders, the oldest 10 of 1000000000:" in mail.body
    message = build_message(mail, "invoices@eu.cloud-sales.example", ())
    html = message.get_body(("html",))
    assert html is not None
    assert "The writer moved from eu to apac" in html.get_content()


def test_a_text_is_one_line_and_cut() -> None:
    assert line("a\nb\x00c") == "a b c"
    assert line(None) == line("\n") == "without a reason"
    assert len(line("x" * 500)) == LONGEST


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (-5, "less than a minute"),
        (0, "less than a minute"),
        (59, "59 min"),
        (60, "1 h 0 min"),
        (1439, "23 h 59 min"),
        (1440, "1 d 0 h"),
        (4_000, "2 d 18 h"),
    ],
)
def test_an_age_is_told_in_two_units(minutes: int, told: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), NOW) == told


def test_the_note_that_is_shown_is_the_note_that_was_kept() -> None:
    kept = note().model_dump(mode="json", by_alias=True)
    assert Handover.model_validate(kept) == note()
    assert note().parked[0].id == ORDER
