"""The judge: which rules does a stack break?

    from policies.judge import Level, Options, Resource, judge

    violations = judge(
        [
            Resource(
                type="aws:sqs/queue:Queue",
                name="invoice",
                urn="urn:pulumi:eu::cloud-sales::aws:sqs/queue:Queue::invoice",
                properties={"name": "cloud-sales-eu-invoice", "sqsManagedSseEnabled": True},
                options=Options(protect=False, ignore_changes=()),
            )
        ]
    )
    vetoes = [violation for violation in violations if violation.level is Level.MANDATORY]

`judge` is a pure function over a *whole* stack: some rules need every resource (a queue and its dead-letter queue), so
hand it all resources of a captured program before the first one is created. `properties` are the inputs (inputs with
outputs laid over them do as well) under their camelCase wire names, secrets unwrapped; `ignore_changes` holds wire
names too (`globalClusterIdentifier`). Components and unknown types may be among the resources: rules pick theirs by
type token. Resources refer to each other by their explicit physical names or ARNs. A violation prints as one line with
`str()` and never shows a property that could be a secret.
"""

from collections.abc import Iterable

from policies.catalogue import all_rules
from policies.model import Level, Options, Resource, Stack, Violation

__all__ = ["Level", "Options", "Resource", "Violation", "judge"]


def judge(resources: Iterable[Resource]) -> list[Violation]:
    """Every violation of every rule, in the order of the rules' names."""
    stack = Stack.of(resources)
    return [violation for rule in all_rules() for violation in rule.violations(stack)]
