"""Breaks that break nothing, each with its reason: what a rule reads to find its way, or where the lawful is wide.

Rule, resource type, place and kind are shell patterns, so that a new stack or resource needs no new line.
"""

from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple


class Equivalent(NamedTuple):
    """Some breaks that are none."""

    rule: str
    type: str
    place: str
    kind: str
    reason: str


_OTHERS = "is about some of these only: this one is not among them, and may be as it likes"
_PERSONAL = "what is untagged counts as personal, which may lie in the EU as this does"
_LESS = "takes away a permission, and so a reach"
_OF_TWO = "another item of the same list is what the rule asks for, and is still there"

EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent("aurora-force-ssl-logs", "*", "parameters*", "*", "is about rds.force_ssl, not the other parameter"),
    Equivalent("aurora-logs-no-rows", "*", "parameters*", "*", "is about log_error_verbosity, not the other parameter"),
    Equivalent("budget-exists", "*", "notifications*", "*", "the budget has two notifications; one is enough"),
    Equivalent("dlq-alarm", "datadog:*", "*", "*", f"{_OTHERS}: no dead-letter queue is watched by it"),
    Equivalent("dlq-retention", "*", "messageRetentionSeconds", "*", f"{_OTHERS}: it is no dead-letter queue"),
    Equivalent("iam-no-star", "*", "policy.Statement*", "left out", _LESS),
    Equivalent(
        "iam-no-star", "*", "policy.Statement.Action", "another", "an action that does not exist grants nothing"
    ),
    Equivalent("kms-rotation", "*", "policy.Statement", "left out", _LESS),
    Equivalent("monitor-has-runbook", "*", "tags", "*", f"{_OTHERS}: team and service are what it asks for"),
    Equivalent(
        "network-policy-per-namespace", "*", "", "resource removed", "allows what the default denies: less is open"
    ),
    Equivalent("network-policy-per-namespace", "*", "spec.egress.*", "left out", _OF_TWO),
    Equivalent("network-policy-per-namespace", "*", "spec*", "*", f"{_OTHERS}: the namespace's default is another one"),
    Equivalent("no-cross-residency-copy", "*", "tags*", "*", _PERSONAL),
    Equivalent(
        "pdb-hpa-spread", "*", "*.topologySpreadConstraints*", "*", f"{_OTHERS}: it spreads over nodes, not zones"
    ),
    Equivalent("pool-client-guarded", "*", "explicitAuthFlows", "left out", "one way less to sign in"),
    Equivalent("queue-has-dlq", "*", "", "resource removed", "nothing is left whose messages could be lost"),
    Equivalent("queue-has-dlq", "*", "name", "*", "nothing refers to this queue by its name"),
    Equivalent("region-allowed", "*", "tags*", "*", _PERSONAL),
    Equivalent("region-allowed", "*", "arn", "elsewhere", "what is internal to the whole product may stand anywhere"),
    Equivalent(
        "replication-declared", "*", "*", "*", "the source of the replication is no copy that has to be declared"
    ),
    Equivalent("route-auth", "*", "routeKey", "*", "a guarded route may lead anywhere"),
    Equivalent("s3-tls-only", "*", "policy.Statement*", "*", "what the policy allows SES is no part of what it denies"),
    Equivalent("trust-scoped", "*", "*.Condition.StringEquals*", "*", "aws:SourceArn still names who may ask"),
    Equivalent("trust-scoped", "*", "*.Principal.Service", "another", "a service that does not exist asks for nothing"),
)


@cache
def reason_for(rule: str, resource_type: str, place: str, kind: str) -> str | None:
    """Why such a break is none; None if it is one."""
    for line in EQUIVALENT:
        given = (rule, resource_type, place.replace("[*]", ""), kind)
        if all(fnmatchcase(one, pattern) for one, pattern in zip(given, line[:4], strict=True)):
            return line.reason
    return None
