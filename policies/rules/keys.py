"""Encryption keys of our own: they change, are not lost by one mistake, and serve nobody else."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.conditions import bound
from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping, stated_in, statements
from policies.registry import RULES

KEY = "aws:kms/key:Key"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"

_ON_BEHALF = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "kms:calleraccount"})
_CONTEXT = "kms:encryptioncontext:"

_SHORTEST_WINDOW = 14
_DEFAULT_WINDOW = 30

_ADMINISTRATION = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
_OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
_LOGS = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:111122223333:log-group:*"}}


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [_ADMINISTRATION, *statements]})


def _key(**changed: Any) -> Resource:
    return sample(KEY, {"enableKeyRotation": True, "policy": _policy()} | changed, "payloads")


def _use(principal: object, condition: object = None) -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    return allowed | ({"Condition": condition} if condition else {})


@RULES.resource_rule(
    name="kms-rotation",
    types=(KEY, REPLICA_KEY, KEY_POLICY),
    why="A key that never changes protects everything that it ever touched; one that is deleted takes all of that with "
    "it, and the days until then are the time in which somebody may notice; and without a policy of its own, or with "
    "one for everybody, it is no lock.",
    remedy="set enableKeyRotation true (a replica follows its primary), deletionWindowInDays 14 to 30, and a policy "
    "that names principals, and for each service a Condition on aws:SourceAccount, aws:SourceArn or an encryption "
    "context that names whose it is.",
    source="CKV_AWS_7, CKV_AWS_33, CKV2_AWS_64; AWSGuard cmk-backing-key-rotation",
    accepts=(
        _key(),
        _key(deletionWindowInDays=14),
        _key(policy={"Statement": [_ADMINISTRATION, _use({"Service": "ses.amazonaws.com"}, _OURS)]}),
        _key(enableKeyRotation=None, keyUsage="SIGN_VERIFY", customerMasterKeySpec="ECC_NIST_P256"),
        _key(policy=_policy({"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"})),
        _key(policy=_policy(_use({"Service": "logs.amazonaws.com"}, _LOGS))),
        sample(REPLICA_KEY, {"policy": _policy(), "deletionWindowInDays": 30}),
        sample(KEY_POLICY, {"keyId": "1", "policy": _policy()}),
    ),
    rejects={
        "'payloads' never changes": _key(enableKeyRotation=False),
        "key 'payloads' never changes": _key(enableKeyRotation=None, customerMasterKeySpec="SYMMETRIC_DEFAULT"),
        "is gone 7 days after its deletion": _key(deletionWindowInDays=7),
        "'example' is gone 13 days after": sample(REPLICA_KEY, {"policy": _policy(), "deletionWindowInDays": 13}),
        "has no policy of its own": _key(policy=None),
        "'payloads' has no policy": _key(policy="{"),
        "'example' has no policy of its own": sample(REPLICA_KEY, {}),
        "is for everybody": _key(policy=_policy(_use("*"))),
        "'payloads' is for everybody": _key(policy=_policy(_use({"AWS": ["*"]}, _OURS))),
        "serves ses.amazonaws.com on anybody's behalf": _key(policy=_policy(_use({"Service": "ses.amazonaws.com"}))),
        "on anybody's behalf": _key(
            policy=_policy(_use({"Service": "ses.amazonaws.com"}, {"StringLike": {"aws:SourceAccount": "*"}}))
        ),
        "is for everybody but a few": _key(policy=_policy({**_use(None), "NotPrincipal": {"AWS": "111122223333"}})),
        "key 'example' is for everybody": sample(KEY_POLICY, {"policy": _policy(_use("*"))}),
    },
)
def changes_and_serves_us_alone(key: Resource) -> Iterator[str]:
    """The key is rotated, its deletion takes long enough to be noticed, and its policy names whom it serves."""
    stated = key.properties
    if key.type == KEY and _symmetric(stated) and stated.get("enableKeyRotation") is not True:
        yield f"key {key.name!r} never changes"
    given = stated.get("deletionWindowInDays")
    window = _DEFAULT_WINDOW if given is None else given
    if key.type != KEY_POLICY and (not isinstance(window, int | float) or window < _SHORTEST_WINDOW):
        shown = f"{window:g}" if isinstance(window, int | float) else repr(window)
        yield f"key {key.name!r} is gone {shown} days after its deletion"
    if not stated_in(stated.get("policy")):
        yield f"key {key.name!r} has no policy of its own"
    for statement in statements(stated.get("policy"), "Allow"):
        principal = statement.get("Principal")
        named = principal if isinstance(principal, Mapping) else {"AWS": principal}
        if "*" in [one for kind in named for one in listed(named[kind])]:
            yield f"key {key.name!r} is for everybody"
        if statement.get("NotPrincipal"):
            yield f"key {key.name!r} is for everybody but a few"
        if named.get("Service") and not _on_our_behalf(statement):
            services = ", ".join(map(str, listed(named["Service"])))
            yield f"key {key.name!r} serves {services} on anybody's behalf"


def _on_our_behalf(statement: Mapping[str, Any]) -> bool:
    asked = {str(key).lower() for stated in mapping(statement.get("Condition")).values() for key in mapping(stated)}
    return bound(statement, _ON_BEHALF | {key for key in asked if key.startswith(_CONTEXT)})


def _symmetric(stated: Mapping[str, Any]) -> bool:
    """Only such keys can be rotated by KMS itself."""
    usage, spec = stated.get("keyUsage"), stated.get("customerMasterKeySpec")
    return usage in (None, "ENCRYPT_DECRYPT") and spec in (None, "SYMMETRIC_DEFAULT")
