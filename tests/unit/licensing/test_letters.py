from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.licensing.expiry import rounds
from services.licensing.letters import MAX_LINES, Ending, expiry_letter

TODAY = date(2026, 11, 22)
NAMES = st.text(min_size=1, max_size=300)


def test_the_mail_tells_what_ends_when_the_first_first() -> None:
    endings = [
        Ending("Nimbus Office", "main", TODAY + timedelta(days=29), 4),
        Ending("Nimbus Drive", "main", TODAY + timedelta(days=28), 1),
    ]
    letter = expiry_letter("Liffey Shipping Ltd", "billing@liffey.example", TODAY, endings)
    assert letter.title == "5 licences end soon"
    assert "in 28 days" in letter.body
    assert letter.body.index("1 x Nimbus Drive, main: valid to 20 December 2026") < letter.body.index(
        "4 x Nimbus Office"
    )
    tomorrow = expiry_letter("A", "a@b.example", TODAY, [Ending("P", "s", TODAY + timedelta(days=1), 1)])
    assert (tomorrow.title, "tomorrow" in tomorrow.body) == ("1 licence ends soon", True)


@given(st.lists(st.builds(Ending, NAMES, NAMES, st.dates(TODAY), st.integers(1, 5000)), min_size=1, max_size=300))
def test_any_number_of_licences_makes_one_mail_that_counts_them_all(endings: list[Ending]) -> None:
    letter = expiry_letter("A", "a@b.example", TODAY, endings)
    count = sum(ending.count for ending in endings)
    assert letter.title.startswith(f"{count} licence")
    assert len(letter.body) <= 20_000
    assert ("and " in letter.body.splitlines()[-4] and " more" in letter.body) or len(endings) <= MAX_LINES


@given(st.integers(0, 40))
def test_each_day_before_the_end_belongs_to_one_threshold_at_most(left: int) -> None:
    matching = [each for each in rounds(TODAY) if each.least <= left <= each.days]
    assert len(matching) == (1 if left <= 30 else 0)
