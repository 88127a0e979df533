"""What customers read about their cases."""

from uuid import uuid4

import pytest

from services.email.composition import build_message
from services.support import letters
from services.support.letters import Addressee
from services.support.states import CaseStatus

TO = Addressee(uuid4(), uuid4(), 17, "Two licences fail", "Aoife Byrne", "aoife@liffey.example", "Cloud Sales Ltd")


def test_a_letter_names_the_case_in_its_title_and_goes_to_one_person() -> None:
    letter = letters.received(TO)
    assert (letter.title, letter.to) == ("[CASE-000017] Two licences fail", "aoife@liffey.example")
    assert letter.body.startswith("Dear Aoife Byrne,\n\nWe have received your case CASE-000017")
    assert letter.body.endswith("Kind regards\nCloud Sales Ltd\n")


def test_an_answer_brings_what_support_has_written() -> None:
    text = "Please try again.\n\nIf it fails, write to us."
    assert f"\n\n{text}\n\n" in letters.answered(TO, text).body


@pytest.mark.parametrize("status", CaseStatus)
def test_every_status_has_its_words(status: CaseStatus) -> None:
    assert "CASE-000017" in letters.moved(TO, status).body


def test_the_longest_case_still_makes_a_mail() -> None:
    to = Addressee(TO.case_id, TO.customer_id, 10**9, "x" * 200, TO.name, TO.email, TO.seller)
    letter = letters.answered(to, "ä" * 10_000)
    assert len(letter.title) == 200
    message = build_message(letter, "support@eu.cloud-sales.example", ())
    assert message["To"] == "aoife@liffey.example"
