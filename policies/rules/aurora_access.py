"""Who gets at Aurora, and how: from inside alone, over TLS, without a password that AWS rotates behind its back."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.aurora import CLUSTER, STANDALONE

INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"

_FORCES_TLS = {"aurora-postgresql": "rds.force_ssl", "aurora-mysql": "require_secure_transport"}
_ON = ("1", "on", "true")
_LOGS = {"aurora-postgresql": "postgresql", "aurora-mysql": "audit"}


def _cluster(**changed: Any) -> Resource:
    stated = {
        "engine": "aurora-postgresql",
        "dbClusterParameterGroupName": "tls-only",
        "enabledCloudwatchLogsExports": ["postgresql"],
    }
    return sample(CLUSTER, stated | changed, "orders")


def _group(value: object = "1", name: str = "rds.force_ssl") -> Resource:
    return sample(PARAMETERS, {"name": "tls-only", "parameters": [{"name": name, "value": value}]}, "tls-only")


@RULES.resource_rule(
    name="aurora-private",
    types=(INSTANCE, STANDALONE),
    why="A public instance has an address on the internet, and then one careless security group is all that guards "
    "every customer's data.",
    remedy="set publiclyAccessible false and keep the instance in subnets without a way out.",
    source="CKV_AWS_17; AWSGuard rds-instance-public-access-check",
    accepts=(sample(INSTANCE, {"publiclyAccessible": False}), sample(STANDALONE, {"publiclyAccessible": False})),
    rejects={
        "instance 'one' may be reached from the internet": sample(INSTANCE, {"publiclyAccessible": True}, "one"),
        "'two' may be reached": sample(INSTANCE, {}, "two"),
        "'three' may be reached": sample(STANDALONE, {"publiclyAccessible": "false"}, "three"),
    },
)
def reached_from_inside(instance: Resource) -> Iterator[str]:
    """The instance says that it has no public address; silence leaves that to its subnets."""
    if instance.properties.get("publiclyAccessible") is not False:
        yield f"instance {instance.name!r} may be reached from the internet"


@RULES.resource_rule(
    name="aurora-no-managed-password",
    types=(CLUSTER,),
    why="AWS does not support a managed password for the members of a global database: the member cannot be made, or "
    "its rotation ends with the switchover, and nobody knows the password then.",
    remedy="leave manageMasterUserPassword unset; set masterPasswordWo on the first member alone; sign in with IAM.",
    source="Aurora user guide, Secrets Manager limitations of global databases; this project's design, rule 14",
    accepts=(
        sample(CLUSTER, {"globalClusterIdentifier": "shop"}),
        sample(CLUSTER, {"globalClusterIdentifier": "shop", "manageMasterUserPassword": False}),
        sample(CLUSTER, {"manageMasterUserPassword": True}),
    ),
    rejects={
        "cluster 'orders' of the global database 'shop' has its password managed": sample(
            CLUSTER, {"globalClusterIdentifier": "shop", "manageMasterUserPassword": True}, "orders"
        ),
        "'strange' of the global database": sample(
            CLUSTER, {"globalClusterIdentifier": "shop", "manageMasterUserPassword": "true"}, "strange"
        ),
    },
)
def password_is_our_own(cluster: Resource) -> Iterator[str]:
    """A member of a global database does not have its password managed."""
    joined = cluster.text("globalClusterIdentifier")
    if joined and cluster.properties.get("manageMasterUserPassword"):
        yield f"cluster {cluster.name!r} of the global database {joined!r} has its password managed by AWS"


@RULES.stack_rule(
    name="aurora-force-ssl-logs",
    types=(CLUSTER, PARAMETERS),
    why="Without it the database still answers whoever asks in the clear, tokens and rows with it; and without its log "
    "nobody can tell afterwards who tried to sign in.",
    remedy="give the cluster a ClusterParameterGroup of the same stack with rds.force_ssl 1 and set "
    "enabledCloudwatchLogsExports to postgresql.",
    source="CKV2_AWS_27, CKV2_AWS_69, CKV_AWS_324; Aurora user guide, rds.force_ssl",
    accepts=(
        [_cluster(), _group()],
        [_cluster(enabledCloudwatchLogsExports=["postgresql", "iam-db-auth-error"]), _group(1.0)],
        [
            _cluster(engine="aurora-mysql", enabledCloudwatchLogsExports=["audit"]),
            _group("ON", "require_secure_transport"),
        ],
    ),
    rejects={
        "cluster 'orders' names no parameter group": [_cluster(dbClusterParameterGroupName=None), _group()],
        "'default.aurora-postgresql16', which is not one of this stack": [
            _cluster(dbClusterParameterGroupName="default.aurora-postgresql16"),
            _group(),
        ],
        "parameter group 'tls-only' of the cluster 'orders' leaves rds.force_ssl off": [_cluster(), _group("0")],
        "cluster 'orders' leaves rds.force_ssl off": [
            _cluster(),
            sample(
                PARAMETERS,
                {"name": "tls-only", "parameters": [{"name": "rds.force_ssl", "value": one} for one in "10"]},
                "tls-only",
            ),
        ],
        "leaves rds.force_ssl off": [_cluster(), _group(name="log_statement")],
        "leaves require_secure_transport off": [
            _cluster(engine="aurora-mysql", enabledCloudwatchLogsExports=["audit"]),
            _group(),
        ],
        "cluster 'orders' keeps its log postgresql to itself": [
            _cluster(enabledCloudwatchLogsExports=["upgrade"]),
            _group(),
        ],
        "of the engine 'aurora', of which": [_cluster(engine="aurora"), _group()],
        "its log postgresql to itself": [_cluster(enabledCloudwatchLogsExports=None), _group()],
    },
)
def speaks_tls_and_logs(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every cluster refuses connections in the clear, and its log leaves it."""
    groups = {group.text("name"): group for group in stack.of_type(PARAMETERS)}
    for cluster in stack.of_type(CLUSTER):
        engine, name = cluster.text("engine"), cluster.text("dbClusterParameterGroupName")
        if engine not in _FORCES_TLS:
            yield cluster, f"cluster {cluster.name!r} is of the engine {engine!r}, of which this pack knows nothing"
            continue
        needed, log = _FORCES_TLS[engine], _LOGS[engine]
        if not name:
            yield cluster, f"cluster {cluster.name!r} names no parameter group"
        elif name not in groups:
            yield cluster, f"cluster {cluster.name!r} names the group {name!r}, which is not one of this stack"
        elif not _is_on(groups[name].properties, needed):
            who = f"parameter group {groups[name].name!r} of the cluster {cluster.name!r}"
            yield groups[name], f"{who} leaves {needed} off"
        if log not in listed(cluster.properties.get("enabledCloudwatchLogsExports")):
            yield cluster, f"cluster {cluster.name!r} keeps its log {log} to itself"


def _is_on(group: Mapping[str, Any], parameter: str) -> bool:
    given = [one for one in map(mapping, listed(group.get("parameters"))) if one.get("name") == parameter]
    return bool(given) and all(str(one.get("value")).lower().removesuffix(".0") in _ON for one in given)
