"""What a password must be; that it is the pool's own policy holds tests/contract/test_stacks_edge.py."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.common import passwords
from services.common.errors import InvalidRequest


def test_temporary_passwords_have_all_they_need_nothing_that_looks_alike_and_differ() -> None:
    made = [passwords.temporary() for _ in range(1000)]
    assert {passwords.fault(password) for password in made} == {None}
    assert not set("".join(made)) & set("0O1lI")
    assert len(set(made)) == len(made)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Short-1", "12 to 256"),
        ("Long-1" * 60, "12 to 256"),
        ("NO-SMALL-ONES-1", "a lower case letter"),
        ("no-capitals-1", "an upper case letter"),
        ("No-digits-here", "a digit"),
        ("NoSymbols1here", "a symbol"),
        ("only letters", "an upper case letter and a digit and a symbol"),
        (" Correct-horse-7", "space"),
    ],
)
def test_what_is_wrong_is_told_in_words(password: str, fault: str) -> None:
    assert fault in (passwords.fault(password) or "")


@given(st.text(min_size=1, max_size=40))
def test_a_refusal_names_the_field_and_never_the_password(password: str) -> None:
    reason = passwords.fault(password)
    assume(reason is not None)
    with pytest.raises(InvalidRequest) as refusal:
        passwords.check(password, "newPassword")
    assert refusal.value.members["errors"] == [{"field": "newPassword", "message": reason}]
