"""What was used is remembered once, and what was not is found."""

import json
from pathlib import Path

from local.access.coverage import unused
from local.access.judgement import Check, Grant, Refusal
from local.access.ledger import Ledger, Refused, Used, read
from local.access.policy import statements

RECEIVE = Grant("Receive", "sqs:ReceiveMessage", "arn:aws:sqs:::a")


def test_the_ledger_keeps_each_use_and_each_refusal_once_and_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "access.jsonl"
    assert read(path) == ([], [])
    for resource in ("arn:aws:s3:::a", "arn:aws:s3:::b"):
        ledger = Ledger(path)
        ledger.use("email", RECEIVE)
        ledger.use("email", RECEIVE)
        ledger.refuse("email", Refusal(Check("s3:GetObject", resource)))
    ledger.use("invoice", RECEIVE)
    used, refused = read(path)
    assert used == [Used("email", RECEIVE), Used("invoice", RECEIVE)]
    assert refused == [Refused("email", "s3:GetObject", "arn:aws:s3:::a")]


def test_a_right_counts_by_its_action_and_its_resource_and_a_denial_is_none() -> None:
    document = {
        "Statement": [
            {
                "Sid": "Receive",
                "Effect": "Allow",
                "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
                "Resource": ["arn:aws:sqs:::a", "arn:aws:sqs:::b"],
            },
            {"Sid": "Never", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"},
        ]
    }
    given = {"email": statements([json.dumps(document)])}
    found = unused(given, [Used("email", RECEIVE), Used("other", Grant("Receive", "sqs:DeleteMessage", "a"))])
    assert [(one.grant.action, one.grant.resource) for one in found] == [
        ("sqs:DeleteMessage", "arn:aws:sqs:::a"),
        ("sqs:DeleteMessage", "arn:aws:sqs:::b"),
        ("sqs:ReceiveMessage", "arn:aws:sqs:::b"),
    ]
