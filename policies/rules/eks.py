"""The cluster: nobody outside reaches it, and its pods get their rights one by one."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping
from policies.registry import RULES

CLUSTER = "aws:eks/cluster:Cluster"

_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_PRIVATE = {
    "vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True},
    "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
    "encryptionConfig": {"provider": {"keyArn": "arn:aws:kms:key"}, "resources": ["secrets"]},
    "enabledClusterLogTypes": list(_LOGS),
}


def _cluster(**changed: Any) -> Resource:
    return sample(CLUSTER, _PRIVATE | changed, "eu")


def _access(**changed: Any) -> Resource:
    return _cluster(accessConfig={**mapping(_PRIVATE["accessConfig"]), **changed})


@RULES.resource_rule(
    name="eks-private",
    types=(CLUSTER,),
    why="The cluster's API makes and reads everything that runs in it: on the internet one leaked token is enough, a "
    "right that stands in a config map is in no list, and what was done without logs nobody can tell.",
    remedy="set vpcConfig.endpointPublicAccess false and endpointPrivateAccess true; accessConfig.authenticationMode "
    "API and bootstrapClusterCreatorAdminPermissions false; encryptionConfig of secrets with a key of our own; and all "
    "five enabledClusterLogTypes.",
    source="CKV_AWS_39, CKV_AWS_58, CKV_AWS_37; AWS EKS best practices, cluster access management",
    accepts=(
        _cluster(),
        _cluster(encryptionConfig=[mapping(_PRIVATE["encryptionConfig"])], enabledClusterLogTypes=[*_LOGS, "more"]),
    ),
    rejects={
        "'eu' has a public endpoint": _cluster(vpcConfig={"endpointPublicAccess": True, "endpointPrivateAccess": True}),
        "has a public endpoint": _cluster(vpcConfig={"endpointPrivateAccess": True}),
        "has no private endpoint": _cluster(vpcConfig={"endpointPublicAccess": False}),
        "has no private": _cluster(vpcConfig=None),
        "lets a config map give rights (authenticationMode 'API_AND_CONFIG_MAP')": _access(
            authenticationMode="API_AND_CONFIG_MAP"
        ),
        "lets a config map give rights (authenticationMode None)": _cluster(accessConfig=None),
        "makes whoever creates it an administrator": _access(bootstrapClusterCreatorAdminPermissions=None),
        "keeps secrets under no key of our own": _cluster(encryptionConfig=None),
        "under no key of our own": _cluster(encryptionConfig={"provider": {"keyArn": "arn:aws:kms:key"}}),
        "keeps secrets under no key": _cluster(encryptionConfig={"provider": {}, "resources": ["secrets"]}),
        "keeps no logs of audit, scheduler": _cluster(
            enabledClusterLogTypes=["api", "authenticator", "controllerManager"]
        ),
        "keeps no logs of api, audit, authenticator": _cluster(enabledClusterLogTypes=None),
    },
)
def reached_from_inside_alone(cluster: Resource) -> Iterator[str]:
    """Endpoint, rights, secrets and logs of the cluster are as an own network needs them."""
    yield from (f"cluster {cluster.name!r} {fault}" for fault in _faults(cluster.properties))


def _faults(stated: Mapping[str, Any]) -> Iterator[str]:
    network, access = mapping(stated.get("vpcConfig")), mapping(stated.get("accessConfig"))
    if network.get("endpointPublicAccess") is not False:
        yield "has a public endpoint"
    if network.get("endpointPrivateAccess") is not True:
        yield "has no private endpoint"
    if access.get("authenticationMode") != "API":
        yield f"lets a config map give rights (authenticationMode {access.get('authenticationMode')!r})"
    if access.get("bootstrapClusterCreatorAdminPermissions") is not False:
        yield "makes whoever creates it an administrator"
    unlogged = sorted(set(_LOGS) - set(listed(stated.get("enabledClusterLogTypes"))))
    if unlogged:
        yield f"keeps no logs of {', '.join(unlogged)}"
    # Last: before its key exists, nobody knows its ARN, and a rule ends where it meets what is not known.
    if not any(map(_covers_secrets, listed(stated.get("encryptionConfig")))):
        yield "keeps secrets under no key of our own"


def _covers_secrets(encryption: Any) -> bool:
    stated = mapping(encryption)
    return "secrets" in listed(stated.get("resources")) and bool(mapping(stated.get("provider")).get("keyArn"))
