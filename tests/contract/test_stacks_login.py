"""The controller's login: one secret with a copy in each region, read by its controllers and its jobs alone."""

import json
import re
from typing import Any

import pytest

from local.host import Model
from local.machine.postgres import CONTROLLER, DATABASE
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only, place_of, statements

SECRET, VERSION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretVersion:SecretVersion"
REPLICA, RELEASE = "aws:kms/replicaKey:ReplicaKey", "kubernetes:helm.sh/v3:Release"


@pytest.fixture
def shared() -> Model:
    return model_of(WORLDWIDE)


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def in_each_region(arn: str) -> set[str]:
    home = arn.split(":")[3]
    return {arn.replace(home, place_of(model_of(stack)).region) for stack in STACKS}


def readers(model: Model, action: str) -> dict[str, list[dict[str, Any]]]:
    """Who may do that to a secret or its key, and by which statements."""
    found: dict[str, list[dict[str, Any]]] = {}
    for policy in model.of_type("aws:iam/rolePolicy:RolePolicy"):
        for one in statements(policy.inputs["policy"]):
            if action in one["Action"] and one["Sid"] in {"ReadLogin", "DecryptLogin", "SignIn"}:
                found.setdefault(policy.inputs["role"].removeprefix(f"cloud-sales-{model.stack}-"), []).append(one)
    return found


def test_it_has_a_copy_in_each_region_under_the_copy_of_its_key_there(shared: Model) -> None:
    secret, keys = only(shared, SECRET), shared.of_type(REPLICA)
    assert {one["region"]: one["kmsKeyId"] for one in secret.inputs["replicas"]} == {
        key.inputs["region"]: key.outputs["arn"] for key in keys
    }
    assert {key.inputs["region"] for key in keys} == {place_of(model_of(stack)).region for stack in STACKS}
    assert {key.inputs["primaryKeyArn"] for key in keys} == {secret.inputs["kmsKeyId"]}


def test_the_password_is_drawn_and_written_once_and_is_in_no_output(shared: Model) -> None:
    version = only(shared, VERSION)
    told = json.loads(version.inputs["secretStringWo"])
    assert told["username"] == CONTROLLER
    assert told.keys() == {"username", "password"}
    assert version.inputs.keys() & {"secretString", "secretBinary"} == set()
    assert set(version.ignore_changes) == {"secretStringWo", "secretStringWoVersion"}
    assert told["password"] not in json.dumps(shared.outputs)


def test_the_controller_reads_the_copy_beside_any_writer_and_no_other_secret(shared: Model, model: Model) -> None:
    arn = only(shared, SECRET).outputs["arn"]
    told = only(model, "aws:lambda/function:Function").inputs["environment"]["variables"]
    assert (told["SUN_DATABASE_SECRET"], told["SUN_DATABASE_NAME"]) == (arn, DATABASE)
    ((sign_in,), (decrypt,)) = (readers(model, one)["sun"] for one in ("secretsmanager:GetSecretValue", "kms:Decrypt"))
    for statement, copied in ((sign_in, arn), (decrypt, only(shared, SECRET).inputs["kmsKeyId"])):
        (pattern,) = statement["Resource"]
        matches = re.compile(re.escape(pattern).replace(r"\*", "[^:]*"))
        assert all(matches.fullmatch(one) for one in in_each_region(copied))
        assert not matches.fullmatch(f"{copied}-another")
    assert decrypt["Condition"] == {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}


def test_a_region_s_job_reads_the_copy_of_its_own_region_and_no_other_service_does(shared: Model, model: Model) -> None:
    place = place_of(model).region
    secret = only(shared, SECRET)
    own = {arn: arn.replace(arn.split(":")[3], place) for arn in (secret.outputs["arn"], secret.inputs["kmsKeyId"])}
    job = only(model, RELEASE).inputs["values"]["workloads"]["database"]["environment"]
    assert job["CONTROLLER_LOGIN_ARN"] == own[secret.outputs["arn"]]
    reading, decrypting = readers(model, "secretsmanager:GetSecretValue"), readers(model, "kms:Decrypt")
    assert reading.keys() == decrypting.keys() == {"database", "sun"}
    assert [one["Resource"] for one in reading["database"]] == [[own[secret.outputs["arn"]]]]
    (decrypt,) = decrypting["database"]
    assert decrypt["Resource"] == [own[secret.inputs["kmsKeyId"]]]
    assert decrypt["Condition"] == {"StringEquals": {"kms:ViaService": f"secretsmanager.{place}.amazonaws.com"}}
