"""`/people`: who is invited, changed, deactivated, and by whom."""

from uuid import uuid4

import pytest

from tests.integration.conftest import World
from tests.integration.users.conftest import NEW, Office, other


def test_an_invitation_shows_the_person_and_its_address(office: Office) -> None:
    answer = office.call("POST", "/people", NEW)
    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["email"], answer.json["role"], answer.json["state"]) == (NEW["email"], "USER", "INVITED")
    assert answer.json["acceptedAt"] is None
    shown = office.call("GET", answer.headers["Location"])
    assert (shown.json, shown.headers["ETag"]) == (answer.json, '"1"')


def test_the_same_key_invites_once_and_gets_the_same_bytes(office: Office) -> None:
    first, second = (office.call("POST", "/people", NEW, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, first.data, first.headers["ETag"]) == (201, second.data, second.headers["ETag"])
    assert office.call("POST", "/people", {**NEW, "role": "ADMIN"}, Idempotency_Key="k").status_code == 422
    assert len(office.get("/people")["people"]) == 2


@pytest.mark.parametrize("email", [NEW["email"], NEW["email"].upper(), "somchai@siam-digital.example"])
def test_an_address_is_one_person_s_and_nobody_learns_whose(office: Office, email: str) -> None:
    office.invite()
    answer = office.call("POST", "/people", {**NEW, "email": email})
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"].endswith("/email-taken")
    assert "siam" not in answer.text.lower()
    assert len(office.get("/people")["people"]) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", f"{'a' * 65}@liffey-shipping.example"),
        ("firstName", "  "),
        ("lastName", "a\u202eb"),
        ("role", "OWNER"),
        ("state", "ACTIVE"),
    ],
)
def test_what_is_no_person_is_refused_by_field(office: Office, field: str, value: str) -> None:
    answer = office.call("POST", "/people", {**NEW, field: value})
    assert answer.status_code == 400
    assert answer.json is not None
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_people_are_listed_page_by_page_and_by_state_and_role(office: Office) -> None:
    for number in range(4):
        office.invite(email=f"p{number}@liffey-shipping.example", role="ADMIN" if number == 3 else "USER")
    first = office.get("/people", limit="3")
    second = office.get("/people", limit="3", cursor=first["next"])
    assert [person["email"].partition("@")[0] for person in first["people"] + second["people"]] == [
        "aoife", "p0", "p1", "p2", "p3",
    ]  # fmt: skip
    assert second["next"] is None
    assert [person["firstName"] for person in office.get("/people", state="ACTIVE")["people"]] == ["Aoife"]
    assert len(office.get("/people", role="ADMIN", state="INVITED")["people"]) == 1
    assert office.call("GET", "/people?state=GONE").status_code == 400
    assert office.call("GET", "/people?cursor=abc").status_code == 400


def test_a_change_needs_the_version_that_its_author_has_seen(office: Office) -> None:
    person = f"/people/{office.join()}"
    version = office.call("GET", person).headers["ETag"]
    assert office.call("PATCH", person, {"firstName": "Kieran"}).status_code == 428
    changed = office.call("PATCH", person, {"firstName": "Kieran"}, If_Match=version)
    assert (changed.status_code, changed.json and changed.json["firstName"]) == (200, "Kieran")
    assert changed.headers["ETag"] != version
    assert office.call("PATCH", person, {"lastName": "Walshe"}, If_Match=version).status_code == 412
    assert office.change(person, {}).status_code == 400
    assert office.change(person, {"firstName": None}).status_code == 400
    assert office.change(person, {"email": "other@liffey-shipping.example"}).status_code == 400


def test_what_the_identity_provider_did_is_no_change_of_the_version(office: Office) -> None:
    made = office.call("POST", "/people", NEW)
    office.follower.follow()
    assert made.json is not None
    answer = office.call("PATCH", f"/people/{made.json['id']}", {"role": "ADMIN"}, If_Match=made.headers["ETag"])
    assert answer.status_code == 200


def test_a_user_may_look_and_nothing_else(office: Office) -> None:
    person_id = office.join()
    user = office.subject(person_id)
    assert len(office.get("/people", who=user)["people"]) == 2
    for path in ("/people", f"/people/{person_id}/invite", f"/people/{person_id}/deactivate"):
        assert office.call("POST", path, NEW if path == "/people" else None, who=user).status_code == 403
    assert office.call("PATCH", f"/people/{person_id}", {"role": "ADMIN"}, who=user, If_Match='"2"').status_code == 403


def test_a_promotion_holds_at_once(office: Office) -> None:
    person_id = office.join()
    assert office.change(f"/people/{person_id}", {"role": "ADMIN"}).status_code == 200
    another = {**NEW, "email": "orla@liffey-shipping.example"}
    assert office.call("POST", "/people", another, who=office.subject(person_id)).status_code == 201


def test_the_people_of_another_company_do_not_exist(office: Office, world: World) -> None:
    person_id = office.join()
    stranger = other(world)
    for method, path, body, headers in (
        ("GET", f"/people/{person_id}", None, {}),
        ("PATCH", f"/people/{person_id}", {"role": "USER"}, {"If_Match": '"1"'}),
        ("POST", f"/people/{person_id}/invite", None, {}),
        ("POST", f"/people/{person_id}/deactivate", None, {}),
        ("POST", f"/people/{person_id}/reactivate", None, {}),
        ("GET", f"/people/{uuid4()}", None, {}),
    ):
        assert office.call(method, path, body, who=stranger, **headers).status_code == 404, path
    assert len(office.get("/people", who=stranger)["people"]) == 1


def test_who_is_deactivated_has_no_access_from_that_moment(office: Office) -> None:
    person_id = office.join()
    user = office.subject(person_id)
    assert office.call("POST", f"/people/{person_id}/deactivate").status_code == 200
    assert office.call("GET", "/company", who=user).status_code == 403
    again = office.call("POST", f"/people/{person_id}/deactivate")
    assert (again.status_code, again.json and again.json["state"]) == (200, "DEACTIVATED")
    back = office.call("POST", f"/people/{person_id}/reactivate")
    assert (back.status_code, back.json and back.json["state"]) == (200, "ACTIVE")
    assert office.call("GET", "/company", who=user).status_code == 200


def test_nobody_deactivates_themselves(office: Office, world: World) -> None:
    office.join(role="ADMIN")
    own = world.value("SELECT id FROM app_user WHERE subject = %s", world.subject("liffey"))
    answer = office.call("POST", f"/people/{own}/deactivate")
    assert answer.status_code == 409
    assert "nobody deactivates themselves" in answer.text
