"""The judge looks at a whole stack, and what it says names the fault and keeps secrets."""

import json
import subprocess
import sys

from policies.judge import Level, Options, Resource, judge

QUEUE = "aws:sqs/queue:Queue"


def queue(name: str, **properties: object) -> Resource:
    urn = f"urn:pulumi:eu::cloud-sales::{QUEUE}::{name}"
    return Resource(QUEUE, name, urn, {"name": name, "sqsManagedSseEnabled": True, **properties}, Options())


def redrive(target: str) -> str:
    return json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:eu-west-1:111122223333:{target}", "maxReceiveCount": 5})


def broken(*resources: Resource) -> set[str]:
    return {violation.rule for violation in judge(resources)}


def test_an_empty_stack_breaks_nothing() -> None:
    assert judge([]) == []


def test_components_and_unknown_types_are_passed_over() -> None:
    component = Resource("cloudsales:infra:Queue", "invoice", "urn:component", {})
    assert judge([component, Resource("random:index:Thing", "x", "urn:x", {"anything": [1]})]) == []


def test_a_stack_is_judged_as_a_whole_whatever_its_order() -> None:
    orders, letters = queue("orders", redrivePolicy=redrive("orders-dlq")), queue("orders-dlq")
    kept = queue("orders-dlq", messageRetentionSeconds=14 * 86_400)
    about = {"dlq-retention", "queue-has-dlq"}
    assert about & broken(orders, kept) == about & broken(kept, orders) == set()
    assert about & broken(orders, letters) == {"dlq-retention"}
    assert about & broken(orders) == {"queue-has-dlq"}


def test_violations_name_rule_level_and_resource_in_the_order_of_the_rules() -> None:
    bare = queue("bare", sqsManagedSseEnabled=False)
    violations = judge([bare])
    rules = [violation.rule for violation in violations]
    assert rules == sorted(rules)
    assert set(rules) >= {"queue-has-dlq", "sqs-encrypted"}
    assert {violation.urn for violation in violations} == {bare.urn}
    assert {one.level for one in violations if one.rule == "sqs-encrypted"} == {Level.MANDATORY}


def test_no_property_value_that_may_be_secret_is_shown() -> None:
    cluster = Resource(
        "aws:rds/cluster:Cluster", "db", "urn:db", {"masterPasswordWo": "hunter2", "kmsKeyId": "hunter2"}
    )
    violations = judge([cluster])
    assert violations
    assert "hunter2" not in " ".join(map(str, violations))


def test_the_judge_borrows_nothing_from_the_judged_nor_from_pulumi() -> None:
    script = (
        "import sys, policies.judge\n"
        "policies.judge.judge([])\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'pulumi', 'pulumi_policy', 'infra', 'stacks', "
        "'services', 'local'}))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "[]"
