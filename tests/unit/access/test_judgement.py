"""IAM's rule and its words, each with what matches and what does not."""

import json
from typing import Any

import pytest

from local.access.errors import PolicyError
from local.access.judgement import Check, Grant, Refusal, judge
from local.access.policy import Statement, statements

QUEUE = "arn:aws:sqs:eu-central-1:000000000000:invoice"


def stated(**changed: Any) -> dict[str, Any]:
    return {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE} | changed


def policy(*given: dict[str, Any]) -> tuple[Statement, ...]:
    return statements([json.dumps({"Version": "2012-10-17", "Statement": list(given)})])


def allowed(*given: dict[str, Any], action: str = "sqs:SendMessage", resource: str = QUEUE, **context: str) -> bool:
    keys = {key.replace("__", ":"): value for key, value in context.items()}
    return isinstance(judge(Check(action, resource, keys), policy(*given)), Grant)


def test_what_nothing_allows_is_refused() -> None:
    check = Check("sqs:SendMessage", QUEUE)
    assert judge(check, ()) == Refusal(check)
    assert judge(check, policy(stated())) == Grant("Send", "sqs:SendMessage", QUEUE)


@pytest.mark.parametrize("first", ["Allow", "Deny"])
def test_a_denial_stands_above_what_allows_in_any_order(first: str) -> None:
    deny = stated(Sid="Never", Effect="Deny", Action="sqs:*", Resource="*")
    both = [stated(), deny] if first == "Allow" else [deny, stated()]
    check = Check("sqs:SendMessage", QUEUE)
    assert judge(check, policy(*both)) == Refusal(check, "Never")
    elsewhere = stated(Effect="Deny", Resource="arn:aws:sqs:*:*:email")
    assert allowed(stated(), elsewhere)


@pytest.mark.parametrize(
    ("action", "asked", "matches"),
    [
        ("sqs:SendMessage", "sqs:sendmessage", True),
        ("sqs:Send*", "sqs:SendMessage", True),
        ("sqs:*", "sqs:SendMessage", True),
        ("sqs:Send?essage", "sqs:SendMessage", True),
        ("sqs:SendMessage", "sqs:SendMessageBatch", False),
        ("sqs:Send", "sqs:SendMessage", False),
        ("s3:*", "sqs:SendMessage", False),
        ("sqs.SendMessage", "sqs:SendMessage", False),
    ],
)
def test_actions_match_whatever_their_case(action: str, asked: str, matches: bool) -> None:
    assert allowed(stated(Action=action), action=asked) is matches


@pytest.mark.parametrize(
    ("resource", "asked", "matches"),
    [
        (QUEUE, QUEUE, True),
        (QUEUE, QUEUE.replace("invoice", "Invoice"), False),
        (QUEUE, QUEUE + "-dlq", False),
        ("*", QUEUE, True),
        ("arn:aws:sqs:*:000000000000:invoice", QUEUE, True),
        ("arn:aws:sqs:*:invoice", QUEUE, False),
        ("arn:aws:sqs:eu-central-?:000000000000:inv*", QUEUE, True),
        ("arn:aws:sqs:eu-central-1:*", "arn:aws:sqs:eu-central-1:000000000000:invoice", True),
        ("arn:aws:s3:::payloads/*.json", "arn:aws:s3:::payloads/a/b:c.json", True),
        ("arn:aws:s3:::payloads/*.json", "arn:aws:s3:::payloads/a.jsonx", False),
        ("arn:aws:s3:::payloads/*.json", "arn:aws:s3:::payloads2/a.json", False),
        ("arn:aws:s3:::payloads/*", "arn:aws:s3:::payloads", False),
        ("arn:aws:rds-db:*:1:dbuser:*/app", "arn:aws:rds-db:eu-west-1:1:dbuser:cluster-X/app", True),
        ("arn:aws:rds-db:*:1:dbuser:*/app", "arn:aws:rds-db:eu-west-1:1:dbuser:cluster-X/owner", False),
    ],
)
def test_resources_match_as_a_whole_and_by_segments(resource: str, asked: str, matches: bool) -> None:
    assert allowed(stated(Resource=resource), resource=asked) is matches


@pytest.mark.parametrize(
    ("condition", "value", "matches"),
    [
        ({"StringEquals": {"kms:ViaService": "s3.x"}}, "s3.x", True),
        ({"StringEquals": {"kms:ViaService": "s3.x"}}, "S3.x", False),
        ({"StringEquals": {"kms:ViaService": "s3.*"}}, "s3.x", False),
        ({"StringEquals": {"KMS:viaservice": ["sqs.x", "s3.x"]}}, "s3.x", True),
        ({"StringLike": {"kms:ViaService": "s3.*"}}, "s3.x", True),
        ({"StringLike": {"kms:ViaService": "s?.x"}}, "sqs.x", False),
        ({"ArnEquals": {"kms:ViaService": "arn:aws:s3:::*"}}, "arn:aws:s3:::b", True),
        ({"ArnEquals": {"kms:ViaService": "arn:*:s3:::b"}}, "arn:aws:sqs:s3:::b", False),
        ({"ArnLike": {"kms:ViaService": "arn:aws:s3:::b"}}, "arn:aws:s3:::c", False),
        ({"Null": {"kms:ViaService": "false"}}, "s3.x", True),
        ({"Null": {"kms:ViaService": "true"}}, "s3.x", False),
        ({"StringEquals": {"kms:ViaService": "s3.x"}, "StringLike": {"ses:FromAddress": "*"}}, "s3.x", False),
    ],
)
def test_all_conditions_have_to_hold_each_by_one_of_its_values(
    condition: dict[str, Any], value: str, matches: bool
) -> None:
    assert allowed(stated(Condition=condition), kms__viaservice=value) is matches


@pytest.mark.parametrize(
    ("values", "matches"),
    [(("UPSERT",), True), (("UPSERT", "CREATE"), True), (("UPSERT", "DELETE"), False), ((), True)],
)
def test_of_a_key_with_several_values_each_has_to_match(values: tuple[str, ...], matches: bool) -> None:
    key = "route53:ChangeResourceRecordSetsActions"
    each = {"ForAllValues:StringEquals": {key: ["UPSERT", "CREATE"]}}
    check = Check("sqs:SendMessage", QUEUE, {key.lower(): values})
    assert isinstance(judge(check, policy(stated(Condition=each))), Grant) is matches
    single = {"StringEquals": {key: ["UPSERT", "CREATE"]}}
    assert isinstance(judge(check, policy(stated(Condition=single))), Refusal)


def test_a_key_that_the_call_has_not_holds_for_null_alone() -> None:
    for operator in ("StringEquals", "StringLike", "ArnEquals", "ArnLike"):
        assert not allowed(stated(Condition={operator: {"ses:FromAddress": "*"}}))
    assert allowed(stated(Condition={"Null": {"ses:FromAddress": "true"}}))
    assert not allowed(stated(Condition={"Null": {"ses:FromAddress": "false"}}))
    assert not allowed(stated(), stated(Effect="Deny", Condition={"Null": {"ses:FromAddress": "true"}}))


@pytest.mark.parametrize(
    ("faulty", "told"),
    [
        ({"Condition": {"StringNotEquals": {"kms:ViaService": "x"}}}, "StringNotEquals"),
        ({"Condition": {"StringEqualsIfExists": {"kms:ViaService": "x"}}}, "StringEqualsIfExists"),
        ({"Condition": {"ForAnyValue:StringLike": {"kms:ViaService": "x"}}}, "ForAnyValue:StringLike"),
        ({"Condition": {"stringequals": {"kms:ViaService": "x"}}}, "stringequals"),
        ({"Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.1"}}}, "aws:SourceIp"),
        ({"Condition": {"StringEquals": {"kms:ViaService": 1}}}, "1"),
        ({"Condition": {"Null": {"kms:ViaService": "perhaps"}}}, "perhaps"),
        ({"Condition": ["StringEquals"]}, "Condition"),
        ({"NotAction": "sqs:*"}, "NotAction"),
        ({"NotResource": "*"}, "NotResource"),
        ({"Principal": "*"}, "Principal"),
        ({"Effect": "Permit"}, "Permit"),
        ({"Action": []}, "Action"),
        ({"Resource": [QUEUE, None]}, "Resource"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_name(faulty: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError, match=told) as fault:
        policy(stated(**faulty))
    assert "statement Send" in str(fault.value)


@pytest.mark.parametrize("document", ["", "[]", '{"Version": "2012-10-17"}', "null"])
def test_a_text_that_is_no_policy_is_refused(document: str) -> None:
    with pytest.raises(PolicyError, match="not a policy"):
        statements([document])
