"""The emulator's own state, where rights depend on it: roles with their policies, buckets, objects and identities."""

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ministack.core.iam_evaluator import is_root_access_key
from ministack.services import iam, s3, secretsmanager, ses, sns, sts

from local.access import account
from local.access.errors import PolicyError
from local.access.policy import Statement, statements

ACCOUNT = os.environ.get("MINISTACK_ACCOUNT_ID", account.ACCOUNT)
OPERATOR = "local"
"""The access key of the deployment, of tests, and of what plays the outside world: they are not judged."""


def judged(access_key: str) -> bool:
    """Whether calls with the key are held against a role. An account's number stands for AWS itself, acting in it."""
    return access_key != OPERATOR and not is_root_access_key(access_key)


def statements_of(role: str) -> tuple[Statement, ...] | None:
    """What the role may do; None if there is no such role.

    Raises:
        PolicyError: its policies are not understood, or lie where nobody looks here.
    """
    found = iam._roles.get_scoped(ACCOUNT, None, role)  # noqa: SLF001 (the emulator offers no other way in its process)
    if found is None:
        return None
    if found["AttachedPolicies"] or found["PermissionsBoundary"]:
        raise PolicyError(f"role {role}: only policies inside the role are judged here")
    return _statements(tuple(found["InlinePolicies"].values()), found["AssumeRolePolicyDocument"])


@lru_cache(maxsize=256)
def _statements(policies: tuple[str, ...], trust: str) -> tuple[Statement, ...]:
    return statements([account.at_home(policy, trust, ACCOUNT) for policy in policies])


def open_session(role: str) -> None:
    """Lets the role's name be its access key: links that it signs are checked against a session of that name."""
    if role not in sts._sessions:  # noqa: SLF001 (the same)
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{role}"
        sts.register_session(role, {"Arn": arn, "UserId": role, "SecretAccessKey": OPERATOR, "AccountId": ACCOUNT})


def credentials_of_function(given: Callable[[dict[str, Any]], dict[str, str]]) -> Callable[..., dict[str, str]]:
    """Lambda's `execution_credentials`, so that a function has those of its own role."""

    def credentials(config: dict[str, Any]) -> dict[str, str]:
        role = str(config.get("Role", "")).rpartition("/")[2]
        known = iam._roles.get_scoped(ACCOUNT, None, role) is not None  # noqa: SLF001 (the same)
        return given(config) | ({"AWS_ACCESS_KEY_ID": role, "AWS_SECRET_ACCESS_KEY": OPERATOR} if known else {})

    return credentials


class Emulated:
    """The emulator as `calls.Cloud` wants it."""

    def key_of(self, bucket: str) -> str | None:
        """The ARN of the key that the bucket's objects are encrypted with."""
        stated = s3._bucket_encryption.get_scoped(ACCOUNT, None, bucket)  # noqa: SLF001 (the same)
        return _key_in(stated) if stated else None

    def holds(self, bucket: str, key: str) -> bool:
        """Whether the bucket has the object."""
        found = s3._buckets.get_scoped(ACCOUNT, None, bucket)  # noqa: SLF001 (the same)
        return found is not None and key in found["objects"]

    def key_of_topic(self, topic: str) -> str | None:
        """The ARN of the key that the topic's messages are encrypted with."""
        region = topic.split(":")[3] if topic.startswith("arn:") else ""
        found = sns._topics.get_scoped(ACCOUNT, region, topic)  # noqa: SLF001 (the same)
        return (
            str(found["attributes"]["KmsMasterKeyId"]) if found and found["attributes"].get("KmsMasterKeyId") else None
        )

    def key_of_secret(self, secret: str) -> str | None:
        """The ARN of the key that the secret is encrypted with."""
        region = secret.split(":")[3] if secret.startswith("arn:") else ""
        known = secretsmanager._secrets.items_scoped(ACCOUNT, region)  # noqa: SLF001 (the same)
        return next((str(one["KmsKeyId"]) for _, one in known if one["ARN"] == secret and one.get("KmsKeyId")), None)

    def identity_of(self, sender: str, region: str) -> str:
        """The address itself, or the closest of the domains above it, whichever SES knows."""
        domain = sender.rpartition("@")[2]
        labels = domain.split(".")
        for name in (sender, *(".".join(labels[start:]) for start in range(len(labels)))):
            if ses._identities.get_scoped(ACCOUNT, region, name) is not None:  # noqa: SLF001 (the same)
                return name
        return domain


@lru_cache(maxsize=64)
def _key_in(stated: str) -> str | None:
    for element in s3.fromstring(stated).iter():
        if element.tag.rpartition("}")[2] == "KMSMasterKeyID" and element.text:
            return str(element.text).strip()
    return None
