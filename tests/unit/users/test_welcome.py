"""The mail of an invitation: whoever can be invited can be written to, and it tells no secret."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.common.errors import InvalidRequest
from services.email.composition import build_message
from services.users.operations.people import NewPerson
from services.users.welcome import letter, letter_id

LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9]{1,20}){0,2}", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,10}){1,2}", fullmatch=True)


@settings(deadline=None)
@given(name=st.text(max_size=250), local=LOCAL, domain=DOMAIN)
def test_whoever_can_be_invited_can_be_written_to(name: str, local: str, domain: str) -> None:
    body = {"email": f"{local}@{domain}", "firstName": name, "lastName": "x"}
    try:
        person = NewPerson.parse(json.dumps(body).encode())
    except (InvalidRequest, UnicodeEncodeError):
        assume(False)
    message = build_message(letter(person.email, person.first_name, "Müller & Söhne"), "us@cloud-sales.example", ())
    assert message["To"] == f"{local}@{domain}"
    assert "password-reset" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_an_invitation_is_one_letter_and_the_next_one_another() -> None:
    person, at = uuid4(), datetime(2026, 3, 2, tzinfo=UTC)
    assert letter_id(person, at) == letter_id(person, at)
    assert len({letter_id(person, at), letter_id(person, at + timedelta(seconds=1)), letter_id(uuid4(), at)}) == 3
