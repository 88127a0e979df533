"""The identity provider follows the rows: after crashes, without an answer, and never with a second mail."""

from uuid import UUID, uuid4

import boto3
import pytest

from services.common.directory import Directory, Person
from services.common.errors import Unavailable
from services.users.following import Follower
from tests.integration.conftest import REGION, World
from tests.integration.users.conftest import NEW, Office


class Dying(Directory):
    """A directory whose caller dies, or gets no answer, before or after the effect."""

    def __init__(self, real: Directory, *, before: Exception | None = None, after: Exception | None = None) -> None:
        self.real, self.before, self.after = real, before, after

    def find(self, email: str) -> Person | None:
        return self.real.find(email)

    def invite(self, email: str, temporary_password: str) -> UUID:
        if self.before:
            raise self.before
        subject = self.real.invite(email, temporary_password)
        if self.after:
            raise self.after
        return subject


def dying(office: Office, **when: Exception) -> Follower:
    return Follower(office.world.database, Dying(office.directory, **when))


def hurry(world: World) -> None:
    """The lease of whoever died has run out."""
    world.admin.execute("UPDATE app_user SET directory_due_at = now() WHERE directory_due_at IS NOT NULL")


def kept(office: Office) -> str:
    answer = office.call("POST", "/people", NEW)
    assert answer.json is not None
    return str(answer.json["id"])


def test_an_invited_person_is_known_to_the_pool_and_gets_one_mail_without_a_secret(office: Office) -> None:
    person_id = kept(office)
    assert office.directory.find(NEW["email"]) is None
    assert office.follower.follow() == 1
    assert office.known().invited
    assert str(office.known().subject) == office.subject(person_id)
    assert office.follower.follow() == 0
    [(recipient, _)] = office.mails()
    assert recipient == NEW["email"]
    body = str(office.world.value("SELECT body FROM outbox WHERE queue = 'email'"))
    assert "password-reset" in body
    assert "Liffey Shipping Ltd" in body
    assert office.subject(person_id) not in body


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_a_crash_has_cut_off_is_finished_and_nothing_happens_twice(office: Office, when: str) -> None:
    person_id = kept(office)
    with pytest.raises(RuntimeError, match="killed"):
        dying(office, **{when: RuntimeError("killed")}).follow()
    assert (office.mails(), office.subject(person_id)) == ([], "None")
    assert office.follower.follow() == 0, "the lease of the dead one still runs"
    hurry(office.world)
    assert office.follower.follow() == 1
    assert str(office.known().subject) == office.subject(person_id)
    assert len(office.mails()) == 1


def test_an_invitation_outlasts_a_provider_that_does_not_answer(office: Office) -> None:
    kept(office)
    with pytest.raises(Unavailable):
        dying(office, before=Unavailable("no")).follow()
    hurry(office.world)
    office.follower.follow()
    assert len(office.mails()) == 1


def test_of_two_that_work_on_one_person_one_alone_hands_the_mail_over(office: Office) -> None:
    kept(office)
    slow = Follower(office.world.database, office.directory)
    due = slow._lease()
    assert due is not None
    hurry(office.world)
    assert office.follower.follow() == 1
    slow._bring(due)
    assert len(office.mails()) == 1


def test_who_is_deactivated_while_being_invited_stays_out(office: Office) -> None:
    person_id = kept(office)
    due = office.follower._lease()
    assert due is not None
    assert office.call("POST", f"/people/{person_id}/deactivate").status_code == 200
    office.follower._bring(due)
    assert office.mails() == []
    assert office.follower.follow() == 1
    assert not office.known().active
    assert office.call("POST", f"/people/{person_id}/reactivate").status_code == 200
    office.follower.follow()
    assert office.known().active
    assert len(office.mails()) == 1


def test_an_invitation_again_is_a_new_mail_but_not_within_ten_minutes(office: Office) -> None:
    person_id = office.invite()
    early = office.call("POST", f"/people/{person_id}/invite")
    assert early.status_code == 429
    assert 590 < int(early.headers["Retry-After"]) <= 600
    office.world.admin.execute("UPDATE app_user SET welcomed_at = welcomed_at - interval '11 minutes'")
    subject = office.subject(person_id)
    for _ in range(2):
        assert office.call("POST", f"/people/{person_id}/invite", Idempotency_Key="k").status_code == 200
        office.follower.follow()
    assert len(office.mails()) == len({order for _, order in office.mails()}) == 2
    assert office.subject(person_id) == subject


def test_an_invitation_whose_mail_is_still_to_come_stays_one(office: Office) -> None:
    person_id = kept(office)
    assert office.call("POST", f"/people/{person_id}/invite").status_code == 200
    office.follower.follow()
    assert len(office.mails()) == 1


def test_who_has_chosen_a_password_and_not_come_yet_can_be_invited_again(office: Office) -> None:
    person_id = office.invite()
    office.directory.set_password(NEW["email"], "Their-own-pass-1!")
    office.world.admin.execute("UPDATE app_user SET welcomed_at = welcomed_at - interval '11 minutes'")
    assert office.call("POST", f"/people/{person_id}/invite").status_code == 200
    office.follower.follow()
    shown = office.get(f"/people/{person_id}")
    assert (shown["state"], shown["invitationFault"]) == ("INVITED", None)
    assert len(office.mails()) == 2


def test_somebody_else_s_address_in_the_pool_is_told_and_nobody_is_welcomed(office: Office) -> None:
    office.directory.invite(NEW["email"], "Some-first-pass-1!")
    office.directory.set_password(NEW["email"], "An-agents-own-pass-1!")
    person_id = office.invite()
    assert office.get(f"/people/{person_id}")["invitationFault"] == "somebody signs in with this address already"
    assert office.mails() == []
    assert office.subject(person_id) == "None"
    assert office.call("POST", f"/people/{person_id}/deactivate").status_code == 200


def test_with_their_first_request_somebody_has_accepted(office: Office) -> None:
    person_id = office.invite()
    assert office.call("GET", "/company", who=office.subject(person_id)).status_code == 200
    shown = office.get(f"/people/{person_id}")
    assert (shown["state"], shown["acceptedAt"] is None) == ("ACTIVE", False)
    refused = office.call("POST", f"/people/{person_id}/invite")
    assert (refused.status_code, "still INVITED" in refused.text) == (409, True)


def test_a_deactivated_person_is_signed_out_and_locked_at_the_pool(office: Office) -> None:
    person_id = office.join()
    pool = office.directory._pool
    cognito = boto3.client("cognito-idp", region_name=REGION)
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="people", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]["ClientId"]
    office.directory.set_password(NEW["email"], "Their-own-pass-1!")
    credentials = {"USERNAME": NEW["email"], "PASSWORD": "Their-own-pass-1!"}
    session = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)
    office.call("POST", f"/people/{person_id}/deactivate")
    office.follower.follow()
    assert not office.known().active
    for flow, given in (
        ("USER_PASSWORD_AUTH", credentials),
        ("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": session["AuthenticationResult"]["RefreshToken"]}),
    ):
        with pytest.raises(cognito.exceptions.NotAuthorizedException):
            cognito.initiate_auth(ClientId=client, AuthFlow=flow, AuthParameters=given)  # type: ignore[arg-type]
    office.call("POST", f"/people/{person_id}/reactivate")
    office.follower.follow()
    assert cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=credentials)


def test_somebody_whom_the_pool_has_forgotten_hinders_nobody(office: Office, world: World) -> None:
    world.admin.execute("UPDATE app_user SET directory_due_at = now()")
    assert office.follower.follow() == len(world.customers)
    assert world.value("SELECT count(*) FROM app_user WHERE directory_due_at IS NOT NULL") == 0
    assert office.directory.find(str(uuid4())) is None
