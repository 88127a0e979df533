"""What customers read about their cases."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.email.composition import build_message
from services.support import letters
from services.support.letters import Addressee
from services.support.quoting import SEPARATOR
from services.support.reply_address import token_of
from services.support.states import CaseStatus

TOKEN = "0" * 32
TO = Addressee(
    uuid4(), uuid4(), 17, "Two licences fail", "Aoife Byrne", "aoife@liffey.example", "Cloud Sales Ltd", TOKEN
)
LATER = letters.moved(TO, CaseStatus.RESOLVED)


def test_a_letter_names_the_case_in_its_title_and_goes_to_one_person() -> None:
    letter = letters.received(TO)
    assert (letter.title, letter.to) == ("[CASE-000017] Two licences fail", "aoife@liffey.example")
    assert letter.body.startswith(f"{SEPARATOR}\n\nDear Aoife Byrne,\n\nWe have received your case CASE-000017")
    assert letter.body.endswith("Kind regards\nCloud Sales Ltd\n")


def test_an_answer_brings_what_support_has_written() -> None:
    text = "Please try again.\n\nIf it fails, write to us."
    assert f"\n\n{text}\n\n" in letters.answered(TO, text).body


@pytest.mark.parametrize("status", CaseStatus)
def test_every_status_has_its_words(status: CaseStatus) -> None:
    assert "CASE-000017" in letters.moved(TO, status).body


def test_the_longest_case_still_makes_a_mail() -> None:
    to = replace(TO, number=10**9, subject="x" * 200)
    letter = letters.answered(to, "ä" * 10_000)
    assert len(letter.title) == 200
    message = build_message(letter, "support@eu.cloud-sales.example", ())
    assert message["To"] == "aoife@liffey.example"


@pytest.mark.parametrize("status", CaseStatus)
def test_every_letter_says_how_to_answer_but_those_of_a_closed_case(status: CaseStatus) -> None:
    assert ("answer this mail" in letters.moved(TO, status).body) is (status is not CaseStatus.CLOSED)
    assert "answer this mail" not in letters.came_late(TO).body


def test_answers_come_back_to_the_case_and_its_mails_are_one_conversation() -> None:
    sent = [build_message(one, "invoices@eu.cloud-sales.example", ()) for one in (letters.received(TO), LATER)]
    assert {message["Reply-To"] for message in sent} == {f"case+{TOKEN}@eu.cloud-sales.example"}
    assert {message["References"] for message in sent} == {f"<case.{TO.case_id}@eu.cloud-sales.example>"}
    assert all(message["In-Reply-To"] == message["References"] for message in sent)
    assert token_of(str(sent[0]["Reply-To"])) == token_of(str(sent[0]["Reply-To"]).upper()) == TOKEN
