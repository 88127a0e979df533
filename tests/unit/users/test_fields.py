"""What a change is: members that were given, and nothing for those that were not."""

import json

import pytest

from services.common.errors import InvalidRequest
from services.users.operations.company import CompanyChange
from services.users.operations.people import PersonChange


def parsed(**members: object) -> PersonChange:
    return PersonChange.parse(json.dumps(members).encode())


def test_what_is_left_out_does_not_change() -> None:
    assert parsed(role="ADMIN").changes == {"role": "ADMIN"}
    assert parsed(firstName=" Ciarán\t Óg ").changes == {"first_name": "Ciarán Óg"}


@pytest.mark.parametrize("members", [{}, {"firstName": None}, {"role": None}, {"first_name": "x"}, {"email": "a@b.ie"}])
def test_nothing_no_value_and_unknown_members_are_refused(members: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        parsed(**members)


def test_what_may_be_missing_can_be_taken_away() -> None:
    assert CompanyChange.parse(b'{"vatId": null}').changes == {"vat_id": None}
