"""Provider functions that a program may call."""

from collections.abc import Mapping
from typing import Any

from local.host.errors import HostError
from local.host.shapes.shape import Place

_FUNCTIONS: Mapping[str, Mapping[str, str]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {
        "accountId": "{account}",
        "arn": "arn:aws:iam::{account}:root",
        "id": "{account}",
        "userId": "{account}",
    },
    "aws:index/getPartition:getPartition": {
        "dnsSuffix": "amazonaws.com",
        "id": "aws",
        "partition": "aws",
        "reverseDnsPrefix": "com.amazonaws",
    },
    "aws:secretsmanager/getRandomPassword:getRandomPassword": {"id": "{region}", "randomPassword": "{account}{region}"},
    "aws:index/getRegion:getRegion": {
        "description": "{region}",
        "endpoint": "ec2.{region}.amazonaws.com",
        "id": "{region}",
        "name": "{region}",
        "region": "{region}",
    },
}


def answer(token: str, arguments: Mapping[str, Any], place: Place) -> Mapping[str, str]:
    """What the provider function answers at that place.

    Raises:
        HostError: no such function is known here.
    """
    if token not in _FUNCTIONS:
        raise HostError(f"the provider function {token} is not known to the local home; it knows {sorted(_FUNCTIONS)}")
    region = arguments.get("region", place.region)
    return {key: value.format(account=place.account, region=region) for key, value in _FUNCTIONS[token].items()}
