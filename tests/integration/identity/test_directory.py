"""The people who can sign in, as User Management keeps them: every step may be repeated."""

from uuid import uuid4

import pytest

from services.common import passwords
from services.common.directory import Directory, Unknown
from services.common.errors import EmailTaken, InvalidRequest, Unavailable
from tests.integration.identity.conftest import PASSWORD, TEMPORARY, Desk, settings_of


@pytest.fixture
def email() -> str:
    return f"{uuid4()}@shop.example"


def signs_in(desk: Desk, email: str, password: str) -> str | None:
    """What the provider answers: nothing, the name of a challenge, or the tokens."""
    try:
        answer = desk.cognito.initiate_auth(
            ClientId=desk.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
    except desk.cognito.exceptions.NotAuthorizedException:
        return None
    return str(answer.get("ChallengeName", "tokens"))


def test_an_invitation_makes_a_person_who_has_to_choose_a_password(desk: Desk, email: str) -> None:
    subject = desk.directory.invite(email, TEMPORARY)
    found = desk.directory.find(email)
    assert found is not None
    assert (found.subject, found.active, found.invited) == (subject, True, True)
    assert signs_in(desk, email, TEMPORARY) == "NEW_PASSWORD_REQUIRED"


def test_an_invitation_may_be_repeated_and_its_newest_password_counts(desk: Desk, email: str) -> None:
    first = desk.directory.invite(email, TEMPORARY)
    assert desk.directory.invite(email.upper(), "Temporary-horse-8") == first
    assert signs_in(desk, email, TEMPORARY) is None
    assert signs_in(desk, email, "Temporary-horse-8") == "NEW_PASSWORD_REQUIRED"


def test_an_invitation_after_a_deactivation_opens_the_door_again(desk: Desk, email: str) -> None:
    desk.directory.invite(email, TEMPORARY)
    desk.directory.deactivate(email)
    assert signs_in(desk, email, TEMPORARY) is None
    desk.directory.invite(email, TEMPORARY)
    assert signs_in(desk, email, TEMPORARY) == "NEW_PASSWORD_REQUIRED"


def test_nobody_s_own_password_is_replaced_by_an_invitation(desk: Desk, email: str) -> None:
    desk.directory.invite(email, TEMPORARY)
    desk.directory.set_password(email, PASSWORD)
    with pytest.raises(EmailTaken):
        desk.directory.invite(email, TEMPORARY)
    assert signs_in(desk, email, PASSWORD) == "tokens"


def test_a_deactivation_ends_every_session_and_may_be_taken_back(desk: Desk, email: str) -> None:
    desk.directory.invite(email, TEMPORARY)
    desk.directory.set_password(email, PASSWORD)
    answer = desk.cognito.initiate_auth(
        ClientId=desk.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    refresh = {
        "ClientId": desk.client_id,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": answer["AuthenticationResult"]["RefreshToken"]},
    }
    assert desk.cognito.initiate_auth(**refresh)["AuthenticationResult"]
    for _ in range(2):
        desk.directory.deactivate(email)
        assert signs_in(desk, email, PASSWORD) is None
    for _ in range(2):
        desk.directory.reactivate(email)
        assert signs_in(desk, email, PASSWORD) == "tokens"
    with pytest.raises(desk.cognito.exceptions.NotAuthorizedException):
        desk.cognito.initiate_auth(**refresh)


def test_somebody_unknown_is_passed_over_but_gets_no_password(desk: Desk, email: str) -> None:
    assert desk.directory.find(email) is None
    desk.directory.deactivate(email)
    desk.directory.reactivate(email)
    desk.directory.sign_out(email)
    with pytest.raises(Unknown):
        desk.directory.set_password(email, PASSWORD)


def test_a_password_that_the_pool_does_not_take_is_refused_without_being_quoted(desk: Desk, email: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        desk.directory.invite(email, "weak")
    assert "weak" not in str(refusal.value)


def test_a_temporary_password_of_ours_is_one_that_the_pool_takes(desk: Desk, email: str) -> None:
    for _ in range(20):
        desk.directory.invite(email, passwords.temporary())


def test_a_provider_that_is_away_is_unavailable(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    directory = Directory(settings_of("http://127.0.0.1:1", desk.pool, desk.client_id))
    for call in (directory.find, directory.deactivate, directory.reactivate, directory.sign_out):
        with pytest.raises(Unavailable):
            call("a@shop.example")
