"""What each service may do: no more than its needs and queues in the registry call for, and for its own pods alone."""

import json
from typing import Any

import pytest

from local.host import Model
from services.registry import QUEUES, SERVICES, Need, Service
from tests.support.stacks import STACKS, model_of, only, statements

READ = {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"}
WRITE = {"s3:PutObject", "kms:GenerateDataKey"}
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}
DATABASE = {"rds-db:connect"}
SECRETS = {"kms:GenerateDataKey", "kms:Decrypt"}

PEOPLE = {
    f"cognito-idp:Admin{action}"
    for action in ("CreateUser", "DisableUser", "EnableUser", "GetUser", "SetUserPassword", "UserGlobalSignOut")
}
PASSWORDS = {f"cognito-idp:Admin{action}" for action in ("GetUser", "SetUserPassword", "UserGlobalSignOut")}

ACTIONS: dict[str, set[str]] = {
    "database": DATABASE | {"secretsmanager:GetSecretValue", "kms:Decrypt"},
    "portal": set(),
    "identity": DATABASE | PASSWORDS,
    "users": DATABASE | PEOPLE,
    "products": DATABASE,
    "invoices": DATABASE | READ,
    "support": DATABASE,
    "order": DATABASE | SECRETS,
    "licensing": DATABASE | {"kms:Decrypt"},
    "orchestrator": DATABASE | READ | WRITE | CONSUME | {"sqs:GetQueueAttributes", "sqs:SendMessage"},
    "relay": DATABASE | (READ - {"s3:ListBucket"}) | WRITE | {"sqs:SendMessage"},
    "invoice": DATABASE | READ | CONSUME,
    "document": DATABASE | READ | WRITE | CONSUME,
    "email": DATABASE | READ | CONSUME | {"ses:SendEmail", "ses:SendRawEmail"},
    "support-mail": DATABASE | READ | CONSUME,
}

WRITTEN = {
    "relay": {"*.json"},
    "orchestrator": {"*.json", "*.pdf", "*.xml"},
    "document": {"*.pdf", "*.xml", "numbers/*"},
}
"""The keys in the payload bucket that a service may write: a witness of a number is the document generator's alone."""
READ_KEYS = {
    "relay": {"*.json"},
    "invoice": {"*.json"},
    "document": {"*.json", "*.pdf", "*.xml", "numbers/*"},
    "email": {"*.json", "*.pdf", "*.xml"},
    "orchestrator": {"*.json", "*.pdf", "*.xml"},
    "invoices": {"*.pdf", "*.xml"},
    "support-mail": {"inbound/*"},
}
"""Those it may read: a mail that came in is nobody's but of who takes it."""


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def grants(model: Model, service: str) -> list[dict[str, Any]]:
    name = f"cloud-sales-{model.stack}-{service}"
    policies = [p.inputs for p in model.of_type("aws:iam/rolePolicy:RolePolicy") if p.inputs["role"] == name]
    return [statement for policy in policies for statement in statements(policy["policy"])]


def test_keda_sees_how_deep_the_consumed_queues_are_and_nothing_else(model: Model) -> None:
    (statement,) = grants(model, "keda-operator")
    assert statement["Action"] == ["sqs:GetQueueAttributes"]
    assert len(statement["Resource"]) == len(QUEUES)
    assert not any("dlq" in arn or "*" in arn for arn in statement["Resource"])


def resources(stated: list[dict[str, Any]], action: str) -> set[str]:
    return {arn for statement in stated if action in statement["Action"] for arn in statement["Resource"]}


def test_every_service_is_judged_here() -> None:
    assert ACTIONS.keys() == {service.name for service in SERVICES}


@pytest.mark.parametrize("service", ACTIONS)
def test_a_service_may_do_exactly_this(model: Model, service: str) -> None:
    assert {action for statement in grants(model, service) for action in statement["Action"]} == ACTIONS[service]


def test_no_grant_reaches_everything(model: Model) -> None:
    for service in SERVICES:
        for statement in grants(model, service.name):
            assert statement["Effect"] == "Allow"
            assert all(arn.startswith("arn:aws:") for arn in statement["Resource"])


def test_queues_are_sent_to_and_received_from_by_their_own_ends_alone(model: Model) -> None:
    prefix = f"cloud-sales-{model.stack}-"
    sent = {arn.rpartition(":")[2] for arn in resources(grants(model, "relay"), "sqs:SendMessage")}
    assert sent == {f"{prefix}invoice", f"{prefix}document", f"{prefix}email"}
    put_back = {arn.rpartition(":")[2] for arn in resources(grants(model, "orchestrator"), "sqs:SendMessage")}
    assert put_back == {f"{prefix}mail-events", f"{prefix}inbound-mail"}
    received = {
        service: {arn.rpartition(":")[2] for arn in resources(grants(model, service), "sqs:ReceiveMessage")}
        for service in ("orchestrator", "invoice", "document", "email", "support-mail")
    }
    assert received == {
        "orchestrator": {f"{prefix}{queue.name}-dlq" for queue in QUEUES},
        "invoice": {f"{prefix}invoice"},
        "document": {f"{prefix}document"},
        "email": {f"{prefix}email", f"{prefix}mail-events"},
        "support-mail": {f"{prefix}inbound-mail"},
    }


@pytest.mark.parametrize(("action", "expected"), [("s3:GetObject", READ_KEYS), ("s3:PutObject", WRITTEN)])
def test_each_service_has_its_own_kinds_of_object_alone(
    model: Model, action: str, expected: dict[str, set[str]]
) -> None:
    kinds = {
        service.name: {arn.partition("/")[2] for arn in resources(grants(model, service.name), action)}
        for service in SERVICES
    }
    assert {name: keys for name, keys in kinds.items() if keys} == expected


def test_the_database_is_entered_under_the_service_s_own_user(model: Model) -> None:
    for service in SERVICES:
        if not service.needs:
            continue
        user = "cloudsales_owner" if Need.DATABASE_OWNER in service.needs else "cloudsales_app"
        (arn,) = resources(grants(model, service.name), "rds-db:connect")
        # Of any region's member, for any may be the writer.
        assert arn.startswith("arn:aws:rds-db:*:")
        assert arn.endswith(f":dbuser:*/{user}")


def test_payload_keys_open_through_s3_alone(model: Model) -> None:
    for service in ("relay", "invoice", "document", "email"):
        uses = [one for one in grants(model, service) if any(action.startswith("kms:") for action in one["Action"])]
        assert uses
        assert all(use["Condition"]["StringEquals"]["kms:ViaService"].startswith("s3.") for use in uses)


def test_the_key_of_secrets_is_used_for_licence_keys_alone(model: Model) -> None:
    key = only(model, "aws:kms/replicaKey:ReplicaKey").outputs["arn"]
    uses = {
        policy.inputs["role"].removeprefix(f"cloud-sales-{model.stack}-"): use
        for policy in model.of_type("aws:iam/rolePolicy:RolePolicy")
        for use in statements(policy.inputs["policy"])
        if key in use["Resource"]
    }
    assert uses.keys() == {"order", "licensing"}
    for use in uses.values():
        assert use["Resource"] == [key]
        assert use["Condition"] == {"StringEquals": {"kms:EncryptionContext:purpose": "license-keys"}}


def test_mail_is_sent_from_the_region_s_sender_alone(model: Model) -> None:
    (send,) = (one for one in grants(model, "email") if "ses:SendEmail" in one["Action"])
    assert send["Condition"] == {"StringEquals": {"ses:FromAddress": model.outputs["mailSender"]}}
    identity = only(model, "aws:sesv2/emailIdentity:EmailIdentity").outputs["arn"]
    assert identity in send["Resource"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_role_is_for_the_pods_of_its_own_service_account(model: Model, service: Service) -> None:
    name = f"cloud-sales-{model.stack}-{service.name}"
    (role,) = (role for role in model.of_type("aws:iam/role:Role") if role.inputs["name"] == name)
    (association,) = (
        association.inputs
        for association in model.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")
        if association.inputs["roleArn"] == role.outputs["arn"]
    )
    (trust,) = statements(role.inputs["assumeRolePolicy"])
    bound = trust["Condition"]["StringEquals"]
    assert association["serviceAccount"] == service.name
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert bound["aws:RequestTag/kubernetes-service-account"] == association["serviceAccount"]
    assert bound["aws:RequestTag/kubernetes-namespace"] == association["namespace"]
    assert bound["aws:RequestTag/eks-cluster-arn"].endswith(f"cluster/{association['clusterName']}")


def test_the_release_waits_for_every_role(model: Model) -> None:
    release = only(model, "kubernetes:helm.sh/v3:Release")
    associations = {one.urn for one in model.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")}
    assert associations <= set(release.dependencies)


def test_policies_fit_into_a_role(model: Model) -> None:
    for policy in model.of_type("aws:iam/rolePolicy:RolePolicy"):
        assert len(json.dumps(json.loads(policy.inputs["policy"]), separators=(",", ":"))) <= 10_240
