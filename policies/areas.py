"""What the rules are about, in the order of the design: an area is one or more modules of `policies/rules`."""

from policies.registry import Rule

AREAS: dict[str, tuple[str, ...]] = {
    "data and residency": (
        "residency",
        "copies",
        "expiry",
        "buckets",
        "bucket_policies",
        "bucket_objects",
        "bucket_logging",
        "tables",
        "protection",
    ),
    "Aurora": ("aurora", "aurora_access", "aurora_backup", "aurora_members", "aurora_logs"),
    "queues": ("queues", "redrive", "queue_alarms", "queue_policies", "topics", "consumers", "inbound_mail"),
    "edge and DNS": ("edge", "api", "stages", "tls", "weighted", "health_checks", "dns"),
    "network and EKS": ("network", "vpc", "eks", "pod_identity", "zones"),
    "Kubernetes": ("pods", "pod_resources", "images", "release", "network_policies"),
    "identity and keys": (
        "identity",
        "trust",
        "user_pools",
        "keys",
        "secrets",
        "repositories",
        "resource_policies",
        "replication",
    ),
    "operations and cost": ("functions", "tags", "monitors", "objectives", "logs", "budgets", "costs"),
}


def area_of(rule: Rule) -> str:
    """The rule's area; a module that is in none is one of its own."""
    module = rule.check.__module__.rpartition(".")[2]
    return next((area for area, modules in AREAS.items() if module in modules), module.replace("_", " "))


def by_area(rules: tuple[Rule, ...]) -> dict[str, list[Rule]]:
    """The rules of each area that has any: the areas in their order, the rules by name."""
    found: dict[str, list[Rule]] = {area: [] for area in AREAS}
    for rule in rules:
        found.setdefault(area_of(rule), []).append(rule)
    return {area: some for area, some in found.items() if some}
