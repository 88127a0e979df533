"""How the controller signs in: from outside of every network, where there are no IAM tokens, with a password."""

from typing import TYPE_CHECKING

import boto3
import psycopg
from botocore.config import Config
from psycopg import sql
from pydantic import BaseModel, ConfigDict, Field

from services.common.endpoint import connection_arguments
from services.common.settings import DatabaseSettings
from services.database.tenancy import CONTROLLER

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_AWS_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
_SCRAM = b"scram-sha-256"
"""The one encryption of passwords that the Data API knows."""


class LoginError(Exception):
    """The controller cannot be let in; the text says who has to do what."""


class Login(BaseModel):
    """A secret as the Data API of RDS reads it."""

    model_config = ConfigDict(frozen=True)

    username: str
    password: str = Field(min_length=20, repr=False)


def read(arn: str, region: str) -> Login:
    """The login in the secret.

    Raises:
        ClientError, BotoCoreError: there is no such secret, or it may not be read.
        LoginError: it is somebody else's.
    """
    secrets: SecretsManagerClient = boto3.client("secretsmanager", region_name=region, config=_AWS_CONFIG)
    login = Login.model_validate_json(secrets.get_secret_value(SecretId=arn)["SecretString"])
    if login.username != CONTROLLER:
        raise LoginError(f"the secret is that of {login.username}, and not of {CONTROLLER}")
    return login


def let_in(settings: DatabaseSettings, login: Login) -> None:
    """Makes the login's password the one of its role; done again, it changes nothing for who signs in.

    The server is given what it can check the password by, and never the password: statements get into logs. The owner
    of the schema takes the role on for it, for to itself alone a role may give a password without further rights.

    Raises:
        LoginError: the owner may not take the role on.
    """
    with psycopg.connect(**connection_arguments(settings)) as connection:
        kept = connection.pgconn.encrypt_password(login.password.encode(), login.username.encode(), _SCRAM)
        try:
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(login.username)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue) as error:
            raise LoginError(
                f"nobody may be {login.username}: let the administrator run services/database/bootstrap.sql"
            ) from error
        connection.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(kept.decode())))
