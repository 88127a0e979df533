"""Access tokens: good ones, and every way of making a bad one that has a name."""

import time
from typing import Any

import jwt
import pytest

from services.common.errors import Forbidden, Unauthorized, Unavailable
from services.common.settings import SettingsError
from services.common.tokens import CLOCK_LEEWAY_SECONDS, MAX_LIFETIME_SECONDS, TokenVerifier
from tests.support.issuer import (
    CLIENT,
    ISSUER,
    JWKS_PATH,
    KID,
    SERVICE_CLIENT,
    SUBJECT,
    TestIssuer,
    claims,
    new_key,
    running_issuer,
)

NOW = int(time.time())
OTHER_KEY = new_key()


def forged(key: Any, algorithm: str = "RS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": KID})


def test_a_good_token_names_its_person(verifier: TokenVerifier, issuer: TestIssuer) -> None:
    caller = verifier.verify(f"Bearer {issuer.token()}")
    assert (caller.subject, caller.client_id, caller.groups) == (SUBJECT, CLIENT, frozenset())


def test_the_scheme_s_case_does_not_matter(verifier: TokenVerifier, issuer: TestIssuer) -> None:
    assert verifier.verify(f"bearer {issuer.token()}").subject == SUBJECT


def test_groups_come_from_the_token(verifier: TokenVerifier, issuer: TestIssuer) -> None:
    changes: dict[str, Any] = {"cognito:groups": ["operator", "other"]}
    assert verifier.principal(issuer.token(**changes)).groups == {"operator", "other"}


@pytest.mark.parametrize("groups", ["operator", {"operator": True}, ["operator", 1], 7, [["operator"]]], ids=str)
def test_groups_of_another_form_are_refused(verifier: TokenVerifier, issuer: TestIssuer, groups: object) -> None:
    changes: dict[str, Any] = {"cognito:groups": groups}
    with pytest.raises(Unauthorized):
        verifier.principal(issuer.token(**changes))


def test_a_service_has_a_client_and_scopes_and_is_no_person(verifier: TokenVerifier, issuer: TestIssuer) -> None:
    token = issuer.token(
        client_id=SERVICE_CLIENT, sub=SERVICE_CLIENT, scope="cloud-sales/catalogue.read cloud-sales/other"
    )
    caller = verifier.principal(token)
    assert (caller.user, caller.client_id) == (None, SERVICE_CLIENT)
    assert caller.scopes == {"cloud-sales/catalogue.read", "cloud-sales/other"}
    with pytest.raises(Forbidden):
        caller.subject  # noqa: B018 (reading it is the test)


def test_a_service_gets_no_groups_whatever_its_token_says(verifier: TokenVerifier, issuer: TestIssuer) -> None:
    changes: dict[str, Any] = {"cognito:groups": ["operator"]}
    token = issuer.token(client_id=SERVICE_CLIENT, sub=SERVICE_CLIENT, **changes)
    assert verifier.principal(token).groups == frozenset()


HEADERS = {
    "nothing": None,
    "empty": "",
    "no token": "Bearer ",
    "no space": "Bearer",
    "rubbish": "Bearer abc",
    "three parts of rubbish": "Bearer a.b.c",
    "none at all": f"Bearer {forged('', 'none')}",
    "a shared secret": f"Bearer {forged('x' * 32, 'HS256')}",
    "another key": f"Bearer {forged(OTHER_KEY)}",
}
CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"iat": NOW - 4000, "exp": NOW - CLOCK_LEEWAY_SECONDS - 1},
    "no expiry": {"exp": None},
    "expiry as text": {"exp": str(NOW + 600)},
    "expiry as float": {"exp": NOW + 600.5},
    "expiry as truth": {"iat": 0, "exp": True},
    "expiry before the issue": {"iat": NOW, "exp": NOW - 1},
    "endless": {"exp": NOW + 2 * MAX_LIFETIME_SECONDS},
    "issued tomorrow": {"iat": NOW + 86400, "exp": NOW + 86500},
    "not yet valid": {"nbf": NOW + 86_400},
    "not before as text": {"nbf": str(NOW)},
    "another issuer": {"iss": ISSUER + "d"},
    "issuers in a list": {"iss": [ISSUER]},
    "another client": {"client_id": "client-2"},
    "no client": {"client_id": None},
    "an id token": {"token_use": "id", "aud": CLIENT, "client_id": None},
    "an id token that names its client": {"token_use": "id", "aud": CLIENT},
    "a token for somebody else": {"aud": "https://other.example"},
    "no use": {"token_use": None},
    "no subject": {"sub": None},
    "subject is no user id": {"sub": "root"},
    "subject in another spelling": {"sub": f"{{{SUBJECT}}}"},
    "subject in capitals": {"sub": str(SUBJECT).upper()},
    "scope in a list": {"scope": ["cloud-sales/service"]},
}
HEADER_MEMBERS: dict[str, dict[str, Any]] = {
    "a key of its own": {"jwk": {"kty": "RSA"}},
    "an address of keys": {"jku": "https://evil.example/keys"},
    "a certificate's address": {"x5u": "https://evil.example/cert"},
    "certificates": {"x5c": ["AAAA"]},
    "an unencoded payload": {"b64": False, "crit": ["b64"]},
    "something critical": {"crit": ["exp"]},
    "compressed": {"zip": "DEF"},
    "an id of another type": {"kid": 1},
    "no id": {"kid": None},
    "an unknown id": {"kid": "k2"},
    "another kind": {"typ": "id+jwt"},
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_without_a_good_token_is_refused(verifier: TokenVerifier, name: str) -> None:
    with pytest.raises(Unauthorized):
        verifier.verify(HEADERS[name])


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_that_are_not_for_us_and_of_now_are_refused(
    verifier: TokenVerifier, issuer: TestIssuer, name: str
) -> None:
    with pytest.raises(Unauthorized):
        verifier.principal(issuer.token(**CLAIMS[name]))


@pytest.mark.parametrize("name", HEADER_MEMBERS)
def test_a_token_may_not_say_how_it_is_to_be_checked(verifier: TokenVerifier, issuer: TestIssuer, name: str) -> None:
    with pytest.raises(Unauthorized):
        verifier.principal(issuer.token(header=HEADER_MEMBERS[name]))


def test_a_refusal_quotes_nothing_of_the_token(verifier: TokenVerifier, issuer: TestIssuer) -> None:
    token = issuer.token(sub="somebody@shop.example", nbf="secret-text")
    with pytest.raises(Unauthorized) as refusal:
        verifier.principal(token)
    assert refusal.value.detail == "the access token lacks a claim or has it in another form than ours: nbf"


AUDIENCE = "https://api.cloud-sales.example"


def test_an_issuer_without_token_use_is_asked_for_our_audience() -> None:
    with running_issuer() as other:
        verifier = TokenVerifier(other.settings(audience=AUDIENCE, groupsClaim="roles"))
        good: dict[str, Any] = {"token_use": None, "client_id": None, "azp": CLIENT, "roles": ["support"]}
        assert verifier.principal(other.token(aud=[AUDIENCE, "other"], **good)).groups == {"support"}
        for aud in (CLIENT, "other", None, [CLIENT]):
            with pytest.raises(Unauthorized):
                verifier.principal(other.token(aud=aud, **good))


def test_an_audience_that_an_id_token_would_name_is_no_audience(issuer: TestIssuer) -> None:
    with pytest.raises(SettingsError, match="may not be a client"):
        issuer.settings(audience=CLIENT)


def test_one_issuer_cannot_speak_for_another(issuer: TestIssuer) -> None:
    second = ISSUER + "2"
    both = issuer.settings().token_issuers[0]
    with running_issuer() as other:
        own = other.settings().issuers[0].model_copy(update={"issuer": second})
        settings = issuer.settings().model_copy(update={"token_issuers": (issuer.settings().issuers[0], own)})
        verifier = TokenVerifier(settings)
        assert verifier.principal(issuer.token()).subject == SUBJECT
        assert verifier.principal(other.token(iss=second)).subject == SUBJECT
        for token in (other.token(iss=both.issuer), issuer.token(iss=second)):
            with pytest.raises(Unauthorized):
                verifier.principal(token)


def test_without_the_issuer_s_keys_nobody_gets_in_and_nobody_is_refused(issuer: TestIssuer) -> None:
    with running_issuer() as other:
        other.status = 500
        with pytest.raises(Unavailable):
            TokenVerifier(other.settings()).principal(other.token())
    assert other.asked == [JWKS_PATH]
