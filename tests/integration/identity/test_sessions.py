"""Coming in, staying in and going out, with the provider that answers for Cognito."""

import jwt
import pytest

from local.host.emulator import CREDENTIAL
from tests.integration.identity.conftest import ADDRESS, PASSWORD, TEMPORARY, Desk, settings_of, subject_of


def test_a_person_signs_in_and_is_told_who_they_are(desk: Desk) -> None:
    email = desk.person("elliniki")
    tokens = desk.tokens(email)
    assert (tokens["tokenType"], tokens["expiresIn"] > 0) == ("Bearer", True)
    me = desk.me(tokens["accessToken"]).json
    assert me is not None
    assert (me["email"], me["roles"]) == (email, ["admin"])
    assert me["companyName"] == desk.world.customer("elliniki").company
    assert me["subject"] == str(subject_of(desk, email))


def test_the_address_is_known_in_any_case(desk: Desk) -> None:
    email = desk.person()
    assert desk.sign_in(email.upper()).status_code == 200


def test_staff_sign_in_and_are_nobody_s_people(desk: Desk) -> None:
    me = desk.me(desk.tokens(desk.staff("operator"))["accessToken"]).json
    assert me is not None
    assert (me["roles"], me["customerId"], me["email"]) == (["operator"], None, None)


def test_who_is_wrong_unknown_or_deactivated_gets_the_same_answer(desk: Desk) -> None:
    known, gone = desk.person("elliniki"), desk.person("siam")
    desk.deactivate(gone)
    answers = [
        desk.sign_in(known, "Wrong-password-1!"),
        desk.sign_in("nobody@shop.example"),
        desk.sign_in(gone),
        desk.sign_in(gone, "Wrong-password-1!"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_a_person_of_a_customer_that_is_not_active_does_not_come_in(desk: Desk) -> None:
    email = desk.person("elliniki")
    desk.world.admin.execute("UPDATE customer SET active = false WHERE id = %s", (desk.world.customer("elliniki").id,))
    assert desk.sign_in(email).status_code == 401


def test_somebody_whom_only_the_provider_knows_does_not_come_in(desk: Desk) -> None:
    desk.directory.invite("stranger@shop.example", TEMPORARY)
    desk.directory.set_password("stranger@shop.example", PASSWORD)
    assert desk.sign_in("stranger@shop.example").status_code == 401


def test_who_is_refused_by_us_has_no_session_at_the_provider_either(desk: Desk) -> None:
    email = desk.person()
    desk.deactivate(email)
    opened: list[str] = []
    original = desk.provider.sign_in

    def watched(*given: str) -> object:
        session = original(*given)
        opened.append(str(session.refresh_token))
        return session

    desk.provider.sign_in = watched  # type: ignore[method-assign,assignment]
    assert desk.sign_in(email).status_code == 401
    assert desk.post("/refresh", {"refreshToken": opened[0]}).status_code == 401


def test_an_invited_person_chooses_a_password_and_is_in(desk: Desk) -> None:
    email = desk.person(invited=True)
    told = desk.sign_in(email, TEMPORARY)
    assert (told.status_code, (told.json or {})["type"].rpartition("/")[2]) == (403, "new-password-required")
    body = {"email": email, "password": TEMPORARY, "newPassword": PASSWORD}
    answer = desk.post("/sign-in/new-password", body)
    assert answer.status_code == 200
    assert desk.me((answer.json or {})["accessToken"]).status_code == 200
    assert desk.sign_in(email, TEMPORARY).status_code == 401
    assert desk.sign_in(email).status_code == 200


def test_nobody_chooses_a_password_without_the_temporary_one(desk: Desk) -> None:
    email = desk.person(invited=True)
    body = {"email": email, "password": "Guessed-horse-7", "newPassword": PASSWORD}
    assert desk.post("/sign-in/new-password", body).status_code == 401
    assert desk.sign_in(email).status_code == 401


def test_a_password_of_one_s_own_is_not_chosen_again_by_the_invitation_s_way(desk: Desk) -> None:
    email = desk.person()
    body = {"email": email, "password": PASSWORD, "newPassword": "Another-horse-7-staples"}
    assert desk.post("/sign-in/new-password", body).status_code == 409
    assert desk.sign_in(email).status_code == 200


@pytest.mark.parametrize(
    "chosen", ["short-1A", "nocapitals-1-here", "NOSMALL-1-HERE", "No-digits-here", "NoSymbols1here"]
)
def test_a_weak_password_is_refused_by_name_before_the_provider_is_asked(desk: Desk, chosen: str) -> None:
    email = desk.person(invited=True)
    answer = desk.post("/sign-in/new-password", {"email": email, "password": TEMPORARY, "newPassword": chosen})
    assert answer.status_code == 400
    assert [fault["field"] for fault in (answer.json or {})["errors"]] == ["newPassword"]
    assert chosen not in answer.text


def test_a_session_is_refreshed_until_it_is_signed_out(desk: Desk) -> None:
    email = desk.person()
    tokens = desk.tokens(email)
    body = {"refreshToken": tokens["refreshToken"]}
    fresh = desk.post("/refresh", body).json or {}
    assert fresh["refreshToken"] is None
    assert desk.me(fresh["accessToken"]).status_code == 200
    assert desk.post("/sign-out", body).status_code == 401
    assert desk.post("/sign-out", body, tokens["accessToken"]).status_code == 204
    assert desk.post("/sign-out", body, tokens["accessToken"]).status_code == 204
    assert desk.post("/refresh", body).status_code == 401


def test_signing_out_ends_one_session_and_no_other(desk: Desk) -> None:
    email = desk.person()
    laptop, phone = desk.tokens(email), desk.tokens(email)
    assert desk.post("/sign-out", {"refreshToken": laptop["refreshToken"]}, phone["accessToken"]).status_code == 204
    assert desk.post("/refresh", {"refreshToken": laptop["refreshToken"]}).status_code == 401
    assert desk.post("/refresh", {"refreshToken": phone["refreshToken"]}).status_code == 200


def test_somebody_deactivated_stays_in_no_longer_than_the_access_token(desk: Desk) -> None:
    email = desk.person()
    tokens = desk.tokens(email)
    desk.deactivate(email)
    assert desk.post("/refresh", {"refreshToken": tokens["refreshToken"]}).status_code == 401
    assert desk.me(tokens["accessToken"]).status_code == 403


def test_a_refresh_token_that_nobody_gave_opens_nothing(desk: Desk) -> None:
    email = desk.person()
    real = jwt.decode(desk.tokens(email)["refreshToken"], options={"verify_signature": False})
    made_up = jwt.encode(real | {"jti": "x", "origin_jti": "y"}, "a" * 32, "HS256")
    for token in ("x", "a.b.c", made_up, desk.tokens(email)["accessToken"]):
        assert desk.post("/refresh", {"refreshToken": token}).status_code == 401


def test_without_the_provider_it_is_503_and_says_when_to_come_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = desk.person()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CREDENTIAL)
    away = settings_of("http://127.0.0.1:1", desk.pool, desk.client_id)
    deaf = Desk(
        desk.world, desk.cognito, desk.pool, desk.client_id, type(desk.directory)(away), type(desk.provider)(away),
        desk.verifier,
    )  # fmt: skip
    token = desk.tokens(email)["accessToken"]
    for path, body in (
        ("/sign-in", {"email": email, "password": PASSWORD}),
        ("/sign-in/new-password", {"email": email, "password": PASSWORD, "newPassword": PASSWORD}),
        ("/refresh", {"refreshToken": "x"}),
        ("/password-reset", {"email": email}),
        ("/sign-out", {"refreshToken": "x"}),
    ):
        answer = deaf.post(path, body, token, address=ADDRESS)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
