"""The product's database on a pair of servers, and who asks its writer through the Data API as the controller does."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.config import Config

from infra.database_login import in_region
from local.machine.postgres import CONTROLLER, DATABASE, OWNER, PORT
from services.common.settings import DatabaseSettings
from services.database import login, schema
from tests.support.aurora import REGIONS, WHOLE, Pair

ROLES = Path(__file__).parents[2] / "services" / "database" / "bootstrap.sql"
HOME = "eu-north-1"
PASSWORD = "a-password-of-more-than-twenty-characters"
ROLE = "shop-sun"
_ONCE = Config(retries={"total_max_attempts": 1})


class Asker:
    """Statements on members of the pair, in the rights of a role of IAM."""

    def __init__(self, pair: Pair, secret: str) -> None:
        self._pair, self.secret = pair, secret

    def ask(self, region: str, sql: str, *, key: str = ROLE, secret: str = "", **values: Any) -> Any:
        """The fields of the one row of the answer, as they come over the wire."""
        place = REGIONS[region]
        client = self._pair.client("rds-data", place, key, config=_ONCE)
        answer = client.execute_statement(
            resourceArn=self.cluster(region),
            secretArn=in_region(secret or self.secret, place),
            database=DATABASE,
            sql=sql,
            parameters=[{"name": name, "value": value} for name, value in values.items()],
        )
        (row,) = answer["records"]
        return row

    def epoch(self, region: str) -> int:
        """That of the writer there."""
        (epoch,) = self.ask(region, "SELECT epoch FROM writer_epoch")
        return int(epoch["longValue"])

    def cluster(self, region: str) -> str:
        return f"arn:aws:rds:{REGIONS[region]}:000000000000:cluster:{WHOLE}-{region}"

    def allow(self, *actions: str) -> None:
        """Gives the role these rights and no others, as the program's grants do."""
        rights = {"Sid": "Rights", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
        self._pair.client("iam", HOME).put_role_policy(RoleName=ROLE, PolicyName="rights", PolicyDocument=document)

    def another(self, name: str, told: Mapping[str, str]) -> str:
        """One more secret, in each region."""
        return make_secret(self._pair, name, told)


def settings(pair: Pair) -> DatabaseSettings:
    """What the migration job is told."""
    return DatabaseSettings.read(
        {
            "SERVICE_NAME": "database",
            "DATABASE_HOST": str(pair.servers.writer),
            "DATABASE_PORT": str(PORT),
            "DATABASE_NAME": DATABASE,
            "DATABASE_USER": OWNER,
            "DATABASE_CA_FILE": "/nonexistent",
            "AWS_REGION": REGIONS["eu"],
        }
    )


def make_secret(pair: Pair, name: str, told: Mapping[str, str]) -> str:
    """A secret where no region of ours is, with a copy in each."""
    secrets = pair.client("secretsmanager", HOME)
    arn = str(secrets.create_secret(Name=name, SecretString=json.dumps(told))["ARN"])
    copies = [{"Region": place} for place in REGIONS.values()]
    secrets.replicate_secret_to_regions(SecretId=arn, AddReplicaRegions=copies)
    return arn


def made(pair: Pair) -> Asker:
    """The schema, the controller's login in secret and server, and a role that may use it."""
    pair.servers.leader.bootstrap(ROLES)
    schema.upgrade(settings(pair))
    told = {"username": CONTROLLER, "password": PASSWORD}
    asker = Asker(pair, make_secret(pair, "controller", told))
    login.let_in(settings(pair), login.Login.model_validate(told))
    pair.client("iam", HOME).create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
    asker.allow("rds-data:ExecuteStatement", "secretsmanager:GetSecretValue")
    return asker
