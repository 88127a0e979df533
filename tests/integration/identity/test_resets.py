"""A new password by e-mail: who gets a code, what it opens, and what becomes of sessions."""

import pytest

from services.common.directory import Directory
from services.common.errors import Unavailable
from tests.integration.identity.conftest import PASSWORD, TEMPORARY, Desk

CHOSEN = "Another-horse-8-staples"
MAILS = "SELECT count(*) FROM outbox"
CODES = "SELECT count(*) FROM password_reset"


def confirm(desk: Desk, email: str, code: str, chosen: str = CHOSEN) -> int:
    return desk.post("/password-reset/confirm", {"email": email, "code": code, "newPassword": chosen}).status_code


def requested(desk: Desk, email: str) -> str:
    assert desk.post("/password-reset", {"email": email}).status_code == 202
    return desk.code(email)


def test_a_forgotten_password_is_replaced_with_the_mailed_code(desk: Desk) -> None:
    email = desk.person()
    before = desk.tokens(email)
    code = requested(desk, email)
    assert confirm(desk, email, code) == 204
    assert desk.sign_in(email).status_code == 401
    assert desk.sign_in(email, CHOSEN).status_code == 200
    assert desk.post("/refresh", {"refreshToken": before["refreshToken"]}).status_code == 401


def test_a_code_is_good_once(desk: Desk) -> None:
    email = desk.person()
    code = requested(desk, email)
    assert confirm(desk, email, code) == 204
    assert confirm(desk, email, code, "Third-horse-9-staples") == 422
    assert desk.sign_in(email, CHOSEN).status_code == 200


def test_a_code_is_read_however_it_is_typed(desk: Desk) -> None:
    email = desk.person()
    code = requested(desk, email)
    assert confirm(desk, email.upper(), f" {code.lower().replace('-', ' ')} ") == 204


def test_a_later_code_replaces_the_earlier_one(desk: Desk) -> None:
    email = desk.person()
    first, second = requested(desk, email), requested(desk, email)
    assert confirm(desk, email, first) == 422
    assert confirm(desk, email, second) == 204


def test_a_code_of_half_an_hour_ago_is_none(desk: Desk) -> None:
    email = desk.person()
    code = requested(desk, email)
    desk.world.admin.execute("UPDATE password_reset SET expires_at = now() - interval '1 second'")
    assert confirm(desk, email, code) == 422
    requested(desk, desk.person("elliniki"))
    assert desk.world.value(CODES) == 1


def test_a_code_of_somebody_else_is_none(desk: Desk) -> None:
    email, other = desk.person("siam"), desk.person("elliniki")
    code = requested(desk, email)
    assert confirm(desk, other, code) == 422
    assert confirm(desk, "nobody@shop.example", code) == 422


@pytest.mark.parametrize("code", ["x", "----", "AAAA-AAAA-AAAA", "\u0660" * 12, "\ud83d\ude00" * 6])
def test_what_is_no_code_opens_nothing(desk: Desk, code: str) -> None:
    email = desk.person()
    requested(desk, email)
    assert confirm(desk, email, code) == 422


def test_the_answer_is_the_same_for_everybody_and_others_get_no_mail(desk: Desk) -> None:
    known, gone, staff = desk.person("siam"), desk.person("elliniki"), desk.staff("operator")
    desk.deactivate(gone)
    answers = [desk.post("/password-reset", {"email": email}) for email in (known, gone, staff, "nobody@shop.example")]
    assert {(answer.status_code, answer.data) for answer in answers} == {(202, b"")}
    assert (desk.world.value(MAILS), desk.world.value(CODES)) == (1, 1)


def test_somebody_deactivated_since_cannot_use_the_code(desk: Desk) -> None:
    email = desk.person()
    code = requested(desk, email)
    desk.deactivate(email)
    assert confirm(desk, email, code) == 422


def test_an_invitation_that_came_to_nothing_is_accepted_by_a_reset(desk: Desk) -> None:
    email = desk.person(invited=True)
    assert confirm(desk, email, requested(desk, email)) == 204
    assert desk.sign_in(email, CHOSEN).status_code == 200
    assert desk.sign_in(email, TEMPORARY).status_code == 401


def test_a_weak_password_does_not_use_the_code_up(desk: Desk) -> None:
    email = desk.person()
    code = requested(desk, email)
    assert confirm(desk, email, code, "weak") == 400
    assert confirm(desk, email, code, "alllowercase-1") == 400
    assert confirm(desk, email, code) == 204


def test_a_provider_that_fails_does_not_use_the_code_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    email = desk.person()
    code = requested(desk, email)

    def away(*_: object) -> None:
        raise Unavailable("the identity provider does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(Directory, "set_password", away)
        assert confirm(desk, email, code) == 503
    assert desk.sign_in(email, PASSWORD).status_code == 200
    assert confirm(desk, email, code) == 204


def test_the_database_knows_the_code_s_hash_alone(desk: Desk) -> None:
    code = requested(desk, desk.person()).replace("-", "")
    row = str(desk.world.value("SELECT p::text FROM password_reset p"))
    assert code not in row
    assert code.encode().hex() not in row
