"""What a person has written is found again in what their mail program makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.support.quoting import SEPARATOR, own_words

OURS = f"{SEPARATOR}\n\nDear Aoife Byrne,\n\nWhich ones?\n\nKind regards\nCloud Sales Ltd"
QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.splitlines())
ANSWER = "The last two.\n\nThey say: unknown key."

INTRODUCTIONS = [
    "",
    "On Mon, 23 Nov 2026 at 10:00, Cloud Sales <invoices@eu.cloud-sales.example> wrote:",
    "On Mon, 23 Nov 2026 at 10:00, Cloud Sales <invoices@eu.cloud-sales.example>\nwrote:",
    "Am 23.11.2026 um 10:00 schrieb invoices@eu.cloud-sales.example:",
    "____________________\nFrom: invoices@eu.cloud-sales.example\nSent: Monday, 10:00\nTo: Aoife\nSubject: x",
    "-----Original Message-----\nVon: invoices@eu.cloud-sales.example\nGesendet: Montag\nAn: Aoife\nBetreff: Fall",
]


@pytest.mark.parametrize("history", [OURS, QUOTED])
@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_an_answer_above_our_mail_is_all_that_is_kept(introduction: str, history: str) -> None:
    assert own_words(f"{ANSWER}\n\n{introduction}\n\n{history}\n") == ANSWER


def test_an_answer_below_our_mail_or_within_it_is_kept_too() -> None:
    assert own_words(f"{INTRODUCTIONS[1]}\n{QUOTED}\n\n{ANSWER}\n") == ANSWER
    assert own_words(f"{QUOTED}\n{ANSWER}\n> more of ours\n") == ANSWER


def test_our_own_mail_sent_back_as_it_is_says_nothing() -> None:
    assert own_words(OURS) == own_words(QUOTED) == ""


def test_a_mail_that_quotes_nothing_is_kept_whole() -> None:
    assert own_words(f"\n{ANSWER}\n") == ANSWER


@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_below_the_line_is_ever_taken_for_the_answer(above: str, below: str) -> None:
    told = own_words(f"{above}\nNobody wrote this, 7:\n{SEPARATOR}\n{below}canary")
    assert "canary" not in told
    assert SEPARATOR not in told


@given(
    st.lists(st.text(st.characters(categories=("L", "P", "Zs"), exclude_characters=":>-_*@"), min_size=1), min_size=1)
)
def test_no_line_of_plain_words_gets_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert own_words(f"{text}\n\n{QUOTED}") == text.strip()
