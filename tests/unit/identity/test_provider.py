"""What Cognito answers, and what of it a person is told; errors that the emulator never gives."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

from services.common.directory import Directory
from services.common.errors import Forbidden, InvalidRequest, Problem, SignInRefused, Unavailable
from services.identity.provider import Provider, Session
from services.identity.settings import SignInSettings

ISSUERS = [{"issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", "clientIds": ["client"]}]
SETTINGS = SignInSettings.read(
    {"TOKEN_ISSUERS": json.dumps(ISSUERS), "USER_POOL_ID": "eu-west-1_abc", "AWS_REGION": "eu-west-1"}
)
TELLTALE = "User ivan@shop.example does not exist, password hunter2 was wrong"


@pytest.fixture
def provider() -> Provider:
    return Provider(SETTINGS)


@pytest.fixture
def stub(provider: Provider) -> Iterator[Stubber]:
    with Stubber(provider._cognito) as stubbed:
        yield stubbed


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("NotAuthorizedException", SignInRefused),
        ("UserNotFoundException", SignInRefused),
        ("UserNotConfirmedException", SignInRefused),
        ("PasswordResetRequiredException", SignInRefused),
        ("InvalidParameterException", SignInRefused),
        ("TooManyRequestsException", Unavailable),
        ("InternalErrorException", Unavailable),
        ("ResourceNotFoundException", Unavailable),
    ],
)
def test_an_error_of_the_provider_tells_nothing_of_the_person(
    provider: Provider, stub: Stubber, code: str, problem: type[Problem]
) -> None:
    for _ in range(3):  # some are asked once more
        stub.add_client_error("initiate_auth", code, TELLTALE)
    with pytest.raises(problem) as told:
        provider.sign_in("ivan@shop.example", "hunter2")
    assert "ivan" not in told.value.detail
    assert "hunter2" not in told.value.detail


def test_a_second_factor_that_somebody_has_set_up_is_not_passed_over(provider: Provider, stub: Stubber) -> None:
    answer: dict[str, Any] = {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s" * 20}
    stub.add_response("initiate_auth", answer)
    with pytest.raises(Forbidden):
        provider.sign_in("ivan@shop.example", "hunter2")
    stub.add_response("initiate_auth", answer)
    with pytest.raises(Forbidden):
        provider.choose_password("ivan@shop.example", "hunter2", "Correct-horse-7-staples")


def test_a_chosen_password_that_the_pool_does_not_take_is_told_by_its_field(provider: Provider, stub: Stubber) -> None:
    stub.add_response("initiate_auth", {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20})
    stub.add_client_error("respond_to_auth_challenge", "InvalidPasswordException", TELLTALE)
    with pytest.raises(InvalidRequest) as told:
        provider.choose_password("ivan@shop.example", "hunter2", "Correct-horse-7-staples")
    assert [fault["field"] for fault in told.value.members["errors"]] == ["newPassword"]  # type: ignore[attr-defined]


def test_a_session_that_is_none_has_ended_already(provider: Provider, stub: Stubber) -> None:
    for code in ("UnauthorizedException", "UnsupportedTokenTypeException", "InvalidParameterException"):
        stub.add_client_error("revoke_token", code, TELLTALE)
        provider.revoke("x")


def test_a_provider_that_says_nothing_is_away(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(**_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://cognito-idp")

    monkeypatch.setattr(provider._cognito, "initiate_auth", silent)
    with pytest.raises(Unavailable):
        provider.refresh("x")


@pytest.mark.parametrize("code", ["TooManyRequestsException", "InternalErrorException", "NotAuthorizedException"])
def test_a_directory_in_trouble_is_unavailable_and_tells_nothing(code: str) -> None:
    directory = Directory(SETTINGS)
    with Stubber(directory._cognito) as stubbed:
        for _ in range(3):
            stubbed.add_client_error("admin_get_user", code, TELLTALE)
        with pytest.raises(Unavailable) as told:
            directory.find("ivan@shop.example")
    assert "ivan" not in told.value.detail


def test_nothing_shows_a_session_s_tokens() -> None:
    assert "secret" not in repr(Session("secret-access", 3600, "secret-refresh"))
