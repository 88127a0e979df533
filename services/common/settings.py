"""The border between the environment and the services: parsed once, frozen, and complete or refused by name.

Each service composes its own settings class from the groups below; the chart sets exactly these variables.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from services.common.validation import faults


class SettingsError(Exception):
    """The environment lacks a variable or holds one that cannot be used; the message names each of them."""


class Environment(BaseModel):
    """Base of every settings class: field `database_host` is the variable `DATABASE_HOST`."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=str.upper, populate_by_name=False)

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Reads the settings from the process environment, or from `environ` in tests.

        Raises:
            SettingsError: a variable is missing or has an unusable value.
        """
        try:
            return cls.model_validate(dict(os.environ if environ is None else environ))
        except ValidationError as error:
            lines = [f"  {fault}" for fault in faults(error)]
            raise SettingsError("the environment cannot be used:\n" + "\n".join(lines)) from None


class ProcessSettings(Environment):
    """What every process is told: who it is, where it runs and where it listens."""

    service_name: str
    region_name: str
    aws_region: str
    log_level: str = Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    pod_ip: str
    port: int = Field(ge=1, le=65535)


class DatabaseSettings(Environment):
    """The writer endpoint of the shared database; the password is an IAM token made per connection.

    `service_name` is how the database's sessions and the order's history know who wrote.
    """

    service_name: str
    database_host: str
    database_port: int = Field(ge=1, le=65535)
    database_name: str
    database_user: str
    database_ca_file: str
    aws_region: str


class SecretsSettings(Environment):
    """The KMS key under which data keys are wrapped: this region's replica of it."""

    secrets_key_arn: str = Field(pattern="^arn:aws[a-z-]*:kms:")
    aws_region: str


class QueueSettings(Environment):
    """How long the queues that a worker consumes hide what it has received, unless it prolongs that."""

    queue_visibility_seconds: int = Field(ge=1, le=43_200)


_USER_POOL = re.compile(r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com/(?P<pool>[\w-]+)")
Text = Annotated[str, Field(min_length=1, max_length=512)]


class Issuer(BaseModel):
    """One OpenID Connect issuer, and which of its access tokens are for us.

    Attributes:
        issuer: its `iss`, under which it publishes its discovery document.
        client_ids: the clients through which people sign in.
        service_client_ids: the clients that are services of their own, by the client credentials grant.
        audience: what the `aud` of its access tokens has to name. Cognito's have none; they say `token_use` instead.
        jwks_url: where its keys are, if the discovery document is not to be asked.
        groups_claim: the claim that names a person's groups.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    issuer: str = Field(pattern="^https://")
    client_ids: tuple[Text, ...] = Field(min_length=1)
    service_client_ids: tuple[Text, ...] = ()
    audience: Text | None = None
    jwks_url: str | None = Field(default=None, pattern="^https?://")
    groups_claim: Text = "cognito:groups"

    @model_validator(mode="after")
    def _audience_tells_access_tokens(self) -> Self:
        if self.audience in {*self.client_ids, *self.service_client_ids}:
            raise ValueError("the audience may not be a client: that is what an id token names")
        return self


class TokenSettings(Environment):
    """Whose access tokens are accepted: a JSON list of issuers, this region's first.

    `aws_endpoint_url` is the AWS SDKs' own variable: where it is set, a user pool's keys are read from that endpoint.
    """

    token_issuers: Json[Annotated[tuple[Issuer, ...], Field(min_length=1)]]
    aws_endpoint_url: str | None = None

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """The issuers, each with the address of its keys if that is known."""
        return tuple(map(self._located, self.token_issuers))

    def _located(self, issuer: Issuer) -> Issuer:
        pool = _USER_POOL.fullmatch(issuer.issuer)
        if self.aws_endpoint_url is None or issuer.jwks_url is not None or pool is None:
            return issuer
        keys = f"{self.aws_endpoint_url.rstrip('/')}/{pool['pool']}/.well-known/jwks.json"
        return issuer.model_copy(update={"jwks_url": keys})


class DirectorySettings(Environment):
    """The user pool whose people are kept; it lies in a region of its own."""

    user_pool_id: str = Field(pattern=r"^[a-z0-9-]+_\w+$")

    @property
    def user_pool_region(self) -> str:
        """Where the pool is: its id begins with it."""
        return self.user_pool_id.partition("_")[0]


def _points(text: object) -> object:
    """Reads `C5=3,C9=1`."""
    return dict(entry.split("=", 1) for entry in text.split(",") if "=" in entry) if isinstance(text, str) else text


class FaultSettings(Environment):
    """Where a test lets a process die; a release never sets any of it.

    Attributes:
        chaos_directory: where each hit is recorded.
        crash_points: how often each point kills, for example `C5=3,C9=1`.
    """

    pod_ip: str = ""
    chaos_directory: Path | None = None
    crash_points: Annotated[dict[str, Annotated[int, Field(ge=1)]], BeforeValidator(_points)] = Field(
        default_factory=dict
    )

    @field_validator("crash_points")
    @classmethod
    def _only_in_a_test(cls, points: dict[str, int], known: ValidationInfo) -> dict[str, int]:
        if not points:
            return points
        if known.data.get("chaos_directory") is None:
            raise ValueError("crash points need CHAOS_DIRECTORY, where their hits are recorded")
        if not _is_loopback(known.data.get("pod_ip", "")):
            raise ValueError("crash points are refused unless POD_IP is a loopback address, which no pod has")
        return points


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
