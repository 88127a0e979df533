"""What a role may not do is refused in the words of each service, and what it may goes through to the emulator."""

import json
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from local.access.judgement import Grant
from local.access.ledger import Refused, Used
from tests.integration.access.conftest import ACCOUNT, REGION, ROLE, Place, grant

BUCKET = "shop-payloads"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
READ = grant("s3:GetObject", OBJECTS)
LIST = grant("s3:ListBucket", f"arn:aws:s3:::{BUCKET}")
DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"}
SENDER = "orders@mail.shop.example"


@pytest.fixture(scope="module")
def key(place: Place) -> str:
    """The ARN of the key that the bucket is encrypted with."""
    arn = str(place.client("kms").create_key()["KeyMetadata"]["Arn"])
    s3 = place.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_object(Bucket=BUCKET, Key="a.json", Body=b"{}")
    return arn


@pytest.fixture(scope="module")
def queue(place: Place) -> str:
    return str(place.client("sqs").create_queue(QueueName="invoice")["QueueUrl"])


def through_s3(*actions: str, key: str, region: str = REGION) -> dict[str, Any]:
    return grant(list(actions), key, StringEquals={"kms:ViaService": f"s3.{region}.amazonaws.com"})


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as fault:
        call(**arguments)
    assert fault.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert fault.value.response["Error"]["Code"] in DENIED
    return str(fault.value.response["Error"]["Message"])


def test_a_batch_needs_the_right_to_do_one_and_on_that_queue_alone(place: Place, queue: str) -> None:
    sqs = place.allow(grant("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:invoice"))("sqs")
    entries = [{"Id": "1", "MessageBody": "one"}]
    assert sqs.send_message_batch(QueueUrl=queue, Entries=entries)["Successful"]
    why = refused(sqs.send_message, QueueUrl=queue.replace("invoice", "email"), MessageBody="x")
    assert f"{ROLE} is not authorized to perform sqs:SendMessage on arn:aws:sqs:{REGION}:{ACCOUNT}:email" in why
    assert "stacks/layers/grants.py" in why
    refused(sqs.receive_message, QueueUrl=queue)
    used, told = place.ledger()
    assert Used(ROLE, Grant("Rights", "sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:invoice")) in used
    assert Refused(ROLE, "sqs:ReceiveMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:invoice") in told


def test_an_object_of_an_encrypted_bucket_needs_its_key_too(place: Place, key: str) -> None:
    assert "kms:Decrypt" in refused(place.allow(READ)("s3").get_object, Bucket=BUCKET, Key="a.json")
    elsewhere = through_s3("kms:Decrypt", key=key, region="eu-west-1")
    assert "kms:Decrypt" in refused(place.allow(READ, elsewhere)("s3").get_object, Bucket=BUCKET, Key="a.json")
    s3 = place.allow(READ, through_s3("kms:Decrypt", key=key))("s3")
    assert s3.get_object(Bucket=BUCKET, Key="a.json")["Body"].read() == b"{}"
    write = grant("s3:PutObject", f"arn:aws:s3:::{BUCKET}/*.json")
    s3 = place.allow(write, through_s3("kms:Decrypt", key=key))("s3")
    assert "kms:GenerateDataKey" in refused(s3.put_object, Bucket=BUCKET, Key="b.json", Body=b"1")
    s3 = place.allow(write, through_s3("kms:GenerateDataKey", key=key))("s3")
    s3.put_object(Bucket=BUCKET, Key="b.json", Body=b"1" * 100_000)
    assert "s3:PutObject" in refused(s3.put_object, Bucket=BUCKET, Key="b.pdf", Body=b"1")
    # The key serves through S3 alone.
    refused(place.client("kms", ROLE).generate_data_key, KeyId=key, KeySpec="AES_256")


def test_a_missing_object_is_missing_to_those_alone_who_may_list(place: Place, key: str) -> None:
    use = through_s3("kms:Decrypt", key=key)
    assert "s3:ListBucket" in refused(place.allow(READ, use)("s3").get_object, Bucket=BUCKET, Key="none")
    s3 = place.allow(READ, use, LIST)("s3")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket=BUCKET, Key="none")
    refused(s3.head_object, Bucket="another", Key="a.json")


def test_a_presigned_link_opens_what_its_signer_may_read(place: Place, key: str) -> None:
    s3 = place.allow(READ, through_s3("kms:Decrypt", key=key))("s3")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "a.json"})
    answer = urllib3.request("GET", url)
    assert (answer.status, answer.data) == (200, b"{}")
    assert urllib3.request("GET", url.replace("a.json", "b.json")).status == 403
    place.allow(LIST)
    assert urllib3.request("GET", url).status == 403


def test_a_key_is_used_in_its_context_alone(place: Place, key: str) -> None:
    wanted = {"kms:EncryptionContext:purpose": "license-keys"}
    kms = place.allow(grant(["kms:GenerateDataKey", "kms:Decrypt"], key, StringEquals=wanted))("kms")
    good, bad = {"purpose": "license-keys", "dataKey": "1"}, {"purpose": "other"}
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=good)
    sealed = made["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext=good)["Plaintext"] == made["Plaintext"]
    refused(kms.generate_data_key, KeyId=key, KeySpec="AES_256", EncryptionContext=bad)
    refused(kms.generate_data_key, KeyId=key, KeySpec="AES_256")
    refused(kms.encrypt, KeyId=key, Plaintext=b"x", EncryptionContext=good)


def test_a_mail_needs_both_rights_the_sender_and_the_configuration_set(place: Place) -> None:
    ses = place.client("sesv2")
    ses.create_email_identity(EmailIdentity="mail.shop.example")
    ses.create_configuration_set(ConfigurationSetName="events")
    named = [
        f"arn:aws:ses:{REGION}:{ACCOUNT}:{what}" for what in ("identity/mail.shop.example", "configuration-set/events")
    ]
    mail = {
        "FromEmailAddress": f"Shop <{SENDER}>",
        "Destination": {"ToAddresses": ["a@b.example"]},
        "Content": {"Raw": {"Data": b"From: orders@mail.shop.example\r\n\r\nHello"}},
        "ConfigurationSetName": "events",
    }
    both, ours = ["ses:SendEmail", "ses:SendRawEmail"], {"ses:FromAddress": SENDER}
    assert place.allow(grant(both, *named, StringEquals=ours))("sesv2").send_email(**mail)["MessageId"]
    sender = place.allow(grant(both, *named, StringEquals=ours))("sesv2")
    refused(sender.send_email, **mail | {"FromEmailAddress": "boss@mail.shop.example"})
    assert "SendRawEmail" in refused(place.allow(grant(both[0], *named, StringEquals=ours))("sesv2").send_email, **mail)
    assert "configuration-set" in refused(place.allow(grant(both, named[0]))("sesv2").send_email, **mail)


def test_people_are_managed_in_the_named_pool_alone(place: Place) -> None:
    pools = place.client("cognito-idp")
    ours, other = (pools.create_user_pool(PoolName=name)["UserPool"] for name in ("ours", "other"))
    cognito = place.allow(grant("cognito-idp:AdminCreateUser", ours["Arn"]))("cognito-idp")
    assert cognito.admin_create_user(UserPoolId=ours["Id"], Username="ann")["User"]
    refused(cognito.admin_create_user, UserPoolId=other["Id"], Username="ann")
    refused(cognito.admin_delete_user, UserPoolId=ours["Id"], Username="ann")


def test_records_are_changed_under_their_own_name_and_kind_alone(place: Place) -> None:
    zone = place.client("route53").create_hosted_zone(Name="shop.example", CallerReference="1")["HostedZone"]["Id"]
    number, change = zone.rpartition("/")[2], "route53:ChangeResourceRecordSets"
    each = {f"{change}NormalizedRecordNames": ["api.shop.example"], f"{change}Actions": ["UPSERT"]}
    rights = grant(change, f"arn:aws:route53:::hostedzone/{number}")
    dns = place.allow(rights | {"Condition": {"ForAllValues:StringEquals": each}})("route53")

    def batch(name: str, action: str = "UPSERT") -> dict[str, Any]:
        record = {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "d.example"}]}
        return {"Changes": [{"Action": action, "ResourceRecordSet": record}]}

    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch("API.shop.example."))
    refused(dns.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=batch("www.shop.example"))
    refused(dns.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=batch("api.shop.example", "DELETE"))
    both = {"Changes": [*batch("api.shop.example")["Changes"], *batch("www.shop.example")["Changes"]]}
    refused(dns.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=both)
    refused(dns.get_health_check_status, HealthCheckId="1")


def test_a_transaction_needs_the_right_to_each_of_its_parts(place: Place) -> None:
    attribute = [{"AttributeName": "id", "AttributeType": "S"}]
    schema = [{"AttributeName": "id", "KeyType": "HASH"}]
    tables, once = place.client("dynamodb"), "PAY_PER_REQUEST"
    tables.create_table(TableName="sun", AttributeDefinitions=attribute, KeySchema=schema, BillingMode=once)
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/sun"
    key = {"id": {"S": "lease"}}
    absent = {"TableName": "sun", "Key": key, "ConditionExpression": "attribute_not_exists(id)"}
    parts = [{"ConditionCheck": absent}, {"Put": {"TableName": "sun", "Item": {"id": {"S": "trail"}}}}]
    put, check = "dynamodb:PutItem", "dynamodb:ConditionCheckItem"
    place.allow(grant([put, check], table))("dynamodb").transact_write_items(TransactItems=parts)
    assert check in refused(place.allow(grant(put, table))("dynamodb").transact_write_items, TransactItems=parts)


def test_an_encrypted_topic_needs_its_key_and_a_switchover_the_cluster_that_is_to_write(place: Place, key: str) -> None:
    topic = place.client("sns").create_topic(Name="page", Attributes={"KmsMasterKeyId": key})["TopicArn"]
    publish = grant("sns:Publish", topic)
    assert "kms:GenerateDataKey" in refused(place.allow(publish)("sns").publish, TopicArn=topic, Message="x")
    through = grant(["kms:GenerateDataKey", "kms:Decrypt"], key)
    assert place.allow(publish, through)("sns").publish(TopicArn=topic, Message="x")["MessageId"]
    whole, member = f"arn:aws:rds::{ACCOUNT}:global-cluster:shop", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:shop-eu"
    rds = place.allow(grant("rds:SwitchoverGlobalCluster", whole))("rds")
    move = {"GlobalClusterIdentifier": "shop", "TargetDbClusterIdentifier": member}
    assert member in refused(rds.switchover_global_cluster, **move)


def test_a_denial_stands_above_what_allows(place: Place, queue: str) -> None:
    everything = f"arn:aws:sqs:{REGION}:{ACCOUNT}:*"
    sqs = place.allow(grant("sqs:*", everything), grant("sqs:Purge*", everything, effect="Deny"))("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    assert "denies it" in refused(sqs.purge_queue, QueueUrl=queue)


def test_whoever_is_no_role_may_nothing_and_a_policy_that_is_not_understood_allows_nothing(
    place: Place, queue: str
) -> None:
    assert "is no role" in refused(place.client("sqs", "nobody").send_message, QueueUrl=queue, MessageBody="x")
    odd = grant("sqs:*", "*", NumericLessThan={"kms:ViaService": "1"})
    sqs = place.allow(grant("sqs:*", f"arn:aws:sqs:{REGION}:{ACCOUNT}:*"), odd)("sqs")
    assert "NumericLessThan" in refused(sqs.send_message, QueueUrl=queue, MessageBody="x")


def test_who_deploys_is_not_judged(place: Place, queue: str) -> None:
    before = place.ledger()
    for caller in ("local", "test", ACCOUNT):
        place.client("sqs", caller).get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    assert place.ledger() == before


def test_a_policy_counts_from_the_moment_it_is_put(place: Place, queue: str) -> None:
    document = json.dumps({"Statement": [grant("sqs:GetQueueUrl", f"arn:aws:sqs:{REGION}:{ACCOUNT}:invoice")]})
    place.allow(LIST)
    refused(place.client("sqs", ROLE).get_queue_url, QueueName="invoice")
    place.client("iam").put_role_policy(RoleName=ROLE, PolicyName="more", PolicyDocument=document)
    assert place.client("sqs", ROLE).get_queue_url(QueueName="invoice")
    place.client("iam").delete_role_policy(RoleName=ROLE, PolicyName="more")
    refused(place.client("sqs", ROLE).get_queue_url, QueueName="invoice")
