"""Who may do what: the policies of the roles that the pods of a workload take."""

import json
from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from local.host import Model

ASSOCIATION_TYPE = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
POLICY_TYPE = "aws:iam/rolePolicy:RolePolicy"


@dataclass(frozen=True)
class Grants:
    """Allowed pairs of action and resource, by workload."""

    allowed: dict[str, tuple[tuple[str, str], ...]]

    def may(self, workload: str, action: str, resource: str) -> bool:
        """Whether the workload may do it; `*` in the resource stands for any part of an ARN."""
        return any(
            fnmatchcase(action, granted) and (fnmatchcase(resource, where) or fnmatchcase(where, resource))
            for granted, where in self.allowed.get(workload, ())
        )


def read_grants(model: Model) -> Grants:
    """The grants of every workload that has a role."""
    granted: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for policy in model.of_type(POLICY_TYPE):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            if statement["Effect"] == "Allow":
                granted[policy.inputs["role"]] += product(_list(statement["Action"]), _list(statement["Resource"]))
    return Grants(
        {
            association.inputs["serviceAccount"]: tuple(granted[association.inputs["roleArn"].rpartition("/")[2]])
            for association in model.of_type(ASSOCIATION_TYPE)
        }
    )


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
