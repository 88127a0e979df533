"""The public API over HTTP, and the identity provider that opens it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import urllib3

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


class ApiError(Exception):
    """The API refused or did not answer; the message is the problem document's, or what went wrong."""


@dataclass(frozen=True)
class Reply:
    """An answer of the API: the decoded JSON document and the address it names."""

    status: int
    document: dict[str, Any]
    location: str | None


class Api:
    """Calls the API with one user's access token; safe to share between threads."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=urllib3.Timeout(connect=2, read=35))

    def post(self, path: str, document: object, *, idempotency_key: str) -> Reply:
        """POSTs a JSON document.

        Raises:
            ApiError: no answer came; the request may be repeated with the same key.
        """
        return self._call("POST", path, {"Idempotency-Key": idempotency_key}, document)

    def get(self, path: str) -> Reply:
        """GETs a JSON document.

        Raises:
            ApiError: no answer came.
        """
        return self._call("GET", path, {}, None)

    def _call(self, method: str, path: str, headers: dict[str, str], document: object) -> Reply:
        try:
            response = self._http.request(method, self._url + path, headers=self._headers | headers, json=document)
        except urllib3.exceptions.HTTPError as fault:
            raise ApiError(f"{method} {path}: {type(fault).__name__}") from fault
        try:
            decoded = json.loads(response.data)
        except ValueError:
            raise ApiError(f"{method} {path}: {response.status} without a JSON document") from None
        return Reply(response.status, decoded, response.headers.get("Location"))


def sign_in(cognito: "CognitoIdentityProviderClient", client_id: str, email: str, password: str) -> str:
    """The user's access token.

    Raises:
        ApiError: the identity provider wants something else than the password.
    """
    answer = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )
    token = answer.get("AuthenticationResult", {}).get("AccessToken")
    if token is None:
        raise ApiError(f"sign-in of {email} asks for {answer.get('ChallengeName')}")
    return token
