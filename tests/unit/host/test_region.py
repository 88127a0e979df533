"""The product's own region comes up in an empty emulator, with nothing invented where something real exists."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from local.host import Cloud, Model, realise
from local.host.emulator import Emulator
from local.host.handlers.table import HANDLERS
from local.host.preview import Kind, preview
from local.host.realise import beside
from local.host.shapes.created import CREATED
from local.host.shapes.shape import Place
from local.mail.clients import Clients
from local.mail.envelope import Envelope, Topic
from local.mail.receipt import Receipt
from local.mail.reply import UnanswerableError, reply_to
from local.mail.store import Mail
from services.common.settings import TokenSettings
from services.common.tokens import TokenVerifier
from services.registry import INBOUND_PREFIX, SECRETS_CONTEXT

Aws = Callable[..., Any]
EMULATED = Place("000000000000", "eu-west-1")
HOME = "eu-north-1"
"""Where the user pool is."""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state") / "model.json"


@pytest.fixture(scope="module")
def region(emulator_url: str, state: Path) -> Model:
    """The region after a second run, under the real policies."""
    cloud = Cloud(emulator_url, "/run/database", 5432, "http://127.0.0.1:8080")
    first, second = (realise("eu", None, cloud, state) for _ in range(2))
    assert [(resource.urn, resource.id) for resource in first] == [(resource.urn, resource.id) for resource in second]
    return second


@pytest.fixture(scope="module")
def shared(region: Model, emulator_url: str, state: Path) -> Model:
    """What the region stands on, and came up with it."""
    assert region.resources
    return realise(
        "global", None, Cloud(emulator_url, "/run/database", 5432, "http://127.0.0.1:8080"), beside(state, "global")
    )


def test_a_preview_of_the_same_settings_tells_no_change(region: Model, emulator_url: str, state: Path) -> None:
    assert preview("eu", None, emulator_url, state) == ()
    shorter = preview("eu", {"cloud-sales:payloads.expiryDays": 21}, emulator_url, state)
    assert [(change.kind, change.properties) for change in shorter] == [
        (Kind.UPDATE, ("rules",)),
        (Kind.UPDATE, ("values",)),
    ]
    assert region.resources


def test_every_handler_is_used_and_answers_what_cannot_be_known_before(region: Model, shared: Model) -> None:
    assert {resource.type for resource in (*region, *shared)} >= HANDLERS.keys()
    for token, shape in CREATED.items():
        invented = {
            key for key, template in shape.outputs.items() if "{hash" in str(template) or "{uuid" in str(template)
        }
        for resource in (*region.of_type(token), *shared.of_type(token)):
            filled = shape.fill(resource, EMULATED)
            kept = {key for key in invented if resource.outputs[key] == filled.outputs[key]}
            assert not kept, f"{token}: the handler does not answer {kept}"


def test_tokens_of_the_pool_can_be_verified(region: Model, emulator_url: str, aws: Aws) -> None:
    pool = region.outputs["userPoolId"]
    with urlopen(f"{emulator_url}/{pool}/.well-known/jwks.json") as answer:
        assert json.load(answer)["keys"]
    client = aws("cognito-idp", HOME).describe_user_pool_client(
        UserPoolId=pool, ClientId=region.outputs["userPoolClientId"]
    )["UserPoolClient"]
    assert client["AccessTokenValidity"] == 60
    assert "ALLOW_USER_PASSWORD_AUTH" in client["ExplicitAuthFlows"]


def _granted(url: str, client_id: str, secret: str, scope: str) -> dict[str, Any]:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, "scope": scope}
    with urlopen(f"{url}/oauth2/token", urlencode(form).encode()) as answer:
        granted: dict[str, Any] = json.load(answer)
        return granted


def test_a_service_gets_a_token_for_itself_that_the_services_accept(region: Model, emulator_url: str, aws: Aws) -> None:
    pool, client_id = region.outputs["userPoolId"], region.outputs["serviceClientId"]
    client = aws("cognito-idp", HOME).describe_user_pool_client(UserPoolId=pool, ClientId=client_id)["UserPoolClient"]
    (release,) = region.of_type("kubernetes:helm.sh/v3:Release")
    told = release.inputs["values"]["workloads"]["order"]["environment"]["TOKEN_ISSUERS"]
    verifier = TokenVerifier(TokenSettings.read({"TOKEN_ISSUERS": told, "AWS_ENDPOINT_URL": emulator_url}))
    granted = _granted(emulator_url, client_id, client["ClientSecret"], "cloud-sales/invoices.read")
    caller = verifier.principal(granted["access_token"])
    assert (caller.user, caller.client_id, set(caller.scopes)) == (None, client_id, {"cloud-sales/invoices.read"})
    for secret, scope in (("guessed", "cloud-sales/invoices.read"), (client["ClientSecret"], "cloud-sales/everything")):
        with pytest.raises(HTTPError):
            _granted(emulator_url, client_id, secret, scope)


def test_mail_can_be_sent_and_its_events_arrive_raw(region: Model, aws: Aws) -> None:
    sender = region.outputs["mailSender"]
    assert aws("sesv2").get_email_identity(EmailIdentity=sender.partition("@")[2])["VerifiedForSendingStatus"]
    (destination,) = aws("sesv2").get_configuration_set_event_destinations(
        ConfigurationSetName=region.of_type("aws:sesv2/configurationSet:ConfigurationSet")[0].id
    )["EventDestinations"]
    assert set(destination["MatchingEventTypes"]) == {"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT"}
    aws("sns").publish(TopicArn=destination["SnsDestination"]["TopicArn"], Message='{"eventType": "Send"}')
    url = region.outputs["queueUrls"]["mail-events"]
    bodies = [message["Body"] for message in aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]]
    assert '{"eventType": "Send"}' in bodies


def test_an_answer_to_a_mail_goes_the_way_that_the_receipt_rule_says(
    region: Model, emulator_url: str, aws: Aws
) -> None:
    emulated = Clients(emulator_url)
    receipt = Receipt(emulated.receipt_rules, emulated.lay, emulated.publish)
    envelope = Envelope(
        message_id="1",
        accepted_at=datetime.now(UTC),
        source=region.outputs["mailSender"],
        sender="",
        subject="",
        to=("anna@customer.example",),
        topics=(Topic(arn=region.of_type("aws:sns/topic:Topic")[0].outputs["arn"], event_types=()),),
    )
    domain = region.outputs["mailSender"].partition("@")[2]
    sent = Mail(envelope, f"Reply-To: case+0@{domain}\n\nWhich ones?".encode())
    path = receipt.take(reply_to(sent, "The last two."), sent)
    laid = aws("s3").get_object(Bucket=region.outputs["payloadBucket"], Key=path)["Body"].read()
    assert path.startswith(INBOUND_PREFIX)
    assert b"The last two." in laid
    url = region.outputs["queueUrls"]["inbound-mail"]
    [notice] = [
        json.loads(one["Body"]) for one in aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    ]
    assert notice["receipt"]["action"]["objectKey"] == path
    with pytest.raises(UnanswerableError, match="no receipt rule"):
        receipt.take(reply_to(replace(sent, raw=b"Reply-To: x@elsewhere.example\n\n"), "x"), sent)


def test_a_receipt_rule_that_changes_is_made_anew_and_one_that_goes_is_removed(
    region: Model, emulator_url: str, aws: Aws
) -> None:
    (rule,) = region.of_type("aws:ses/receiptRule:ReceiptRule")
    emulator = Emulator(emulator_url, EMULATED, region)
    changed = replace(rule, inputs=rule.inputs | {"recipients": ["other.example"]})
    HANDLERS[rule.type].make(changed, emulator)
    active = aws("ses").describe_active_receipt_rule_set()
    assert [one["Recipients"] for one in active["Rules"]] == [["other.example"]]
    delete = HANDLERS[rule.type].delete
    assert delete is not None
    delete(rule, emulator)
    assert aws("ses").describe_active_receipt_rule_set().get("Rules", []) == []
    HANDLERS[rule.type].make(rule, emulator)


def test_the_bucket_is_private_encrypted_and_forgets(region: Model, aws: Aws) -> None:
    s3, bucket = aws("s3"), region.outputs["payloadBucket"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["Expiration"]["Days"] == 30
    (encryption,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_the_key_that_services_are_told_wraps_data_keys_for_their_context_alone(region: Model, aws: Aws) -> None:
    (release,) = region.of_type("kubernetes:helm.sh/v3:Release")
    key = release.inputs["values"]["workloads"]["order"]["environment"]["SECRETS_KEY_ARN"]
    kms = aws("kms")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["MultiRegion"]
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=SECRETS_CONTEXT)
    wrapped, by_id = made["CiphertextBlob"], made["KeyId"].rpartition("/")[2]
    opened = kms.decrypt(KeyId=by_id, CiphertextBlob=wrapped, EncryptionContext=SECRETS_CONTEXT)
    assert opened["Plaintext"] == made["Plaintext"]
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(KeyId=by_id, CiphertextBlob=wrapped, EncryptionContext={"purpose": "anything"})


def test_dead_letters_move_where_the_model_says(region: Model, aws: Aws) -> None:
    for name, url in region.outputs["queueUrls"].items():
        policy = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
        target = json.loads(policy["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
        assert region.outputs["deadLetterQueueUrls"][name].endswith(f"/{target}")


def test_the_region_s_names_are_in_the_zone_of_all_regions(region: Model, aws: Aws) -> None:
    dns = aws("route53")
    (zone,) = (one for one in dns.list_hosted_zones()["HostedZones"] if one["Name"] == "cloud-sales.example.")
    records = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    drawn = next(one for one in records if one["Name"] == "api.cloud-sales.example." and "Weight" in one)
    assert (drawn["SetIdentifier"], drawn["Weight"]) == ("eu", 128)
    checked = {check["Id"]: check["HealthCheckConfig"] for check in dns.list_health_checks()["HealthChecks"]}
    assert checked[drawn["HealthCheckId"]]["FullyQualifiedDomainName"] == "eu.api.cloud-sales.example"
    assert any(one["Name"] == "eu.api.cloud-sales.example." for one in records)


def test_a_weight_that_was_changed_at_run_time_stays(region: Model, aws: Aws, emulator_url: str) -> None:
    dns = aws("route53")
    (zone,) = (one for one in dns.list_hosted_zones()["HostedZones"] if one["Name"] == "cloud-sales.example.")
    records = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    drawn = next(one for one in records if "Weight" in one)
    change = {"Action": "UPSERT", "ResourceRecordSet": {**drawn, "Weight": 7}}
    dns.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": [change]})
    realise("eu", None, Cloud(emulator_url, "/run/database", 5432, "http://127.0.0.1:8080"))
    records = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    assert [one["Weight"] for one in records if "Weight" in one] == [7]


def test_the_database_and_the_edge_are_this_machines(region: Model) -> None:
    assert region.outputs["databaseEndpoint"] == "/run/database"
    (api,) = region.of_type("aws:apigatewayv2/api:Api")
    assert api.outputs["apiEndpoint"] == "http://127.0.0.1:8080"
    (release,) = region.of_type("kubernetes:helm.sh/v3:Release")
    environment = release.inputs["values"]["workloads"]["order"]["environment"]
    assert (environment["DATABASE_HOST"], environment["DATABASE_PORT"]) == ("/run/database", "5432")
