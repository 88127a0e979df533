"""Least privilege on the running platform: nothing that a workload calls is refused, and nothing it may do is idle.

Every process of a service has the credentials of its role, and the emulator refuses what that does not allow (see
`local.access`). So whatever works in these tests is allowed; here is proven that nothing else is.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from local import seed
from local.access.account import ACCOUNT, at_home
from local.access.coverage import unused
from local.access.judgement import Check, Grant, judge
from local.access.ledger import Used, read
from local.access.policy import Statement, statements
from local.machine.emulator import LEDGER
from local.machine.emulator import NAME as EMULATOR
from local.machine.layout import layout_of
from tests.e2e.errands import Errands
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e

IDLE = {
    "keda-operator": "KEDA does not run on one machine: tests/contract/test_stacks_access.py holds it to the depth of "
    "queues that the release's ScaledObjects name, which is the one call of its scaler for SQS",
}
"""Workloads that nothing here can use, and why that is so."""


@pytest.fixture(scope="module")
def given(platform: Platform) -> dict[str, tuple[Statement, ...]]:
    """What each workload may do, by the role of its service account; functions have none, and only observe here."""
    inputs: dict[str, list[dict[str, Any]]] = {}
    for resource in platform.model["resources"]:
        inputs.setdefault(resource["type"].rpartition(":")[2], []).append(resource["inputs"])
    roles = {one["roleArn"].rpartition("/")[2]: one["serviceAccount"] for one in inputs["PodIdentityAssociation"]}
    trusts = {one["name"]: one["assumeRolePolicy"] for one in inputs["Role"]}
    policies = {one["role"]: at_home(one["policy"], trusts[one["role"]]) for one in inputs["RolePolicy"]}
    return {role: statements([policies[role]]) for role, name in roles.items() if role in policies and name not in IDLE}


@pytest.fixture(scope="module", autouse=True)
def busy(platform: Platform, people: dict[str, seed.DemoCustomer]) -> None:
    """Everything that somebody may want, and every mishap that somebody has to mend, has happened once."""
    errands = Errands(platform, people["siam"])
    errands.invites_somebody()
    errands.writes_to_support()
    order = errands.buys()
    errands.looks_at_the_papers(order)
    errands.loses_the_invoice(order)
    errands.loses_each_payload_before_its_work(order)
    errands.operates_on(errands.buys())
    errands.poisons_every_queue()


def connected(platform: Platform, given: dict[str, tuple[Statement, ...]]) -> Iterator[Used]:
    """The rights to the database that were used: whose connections there are, and who has made the tables.

    Here processes come in by their user and no token, so the emulator sees nothing of it.
    """
    talking = "SELECT DISTINCT application_name, usename FROM pg_stat_activity WHERE application_name <> ''"
    users = {str(name): str(user) for name, user in platform.rows(talking)}
    [(users["database"],)] = platform.rows("SELECT tableowner FROM pg_tables WHERE tablename = 'sales_order'")
    for role, rights in given.items():
        if user := users.get(role.removeprefix(f"cloud-sales-{platform.model['stack']}-")):
            arn = (
                f"arn:aws:rds-db:{platform.model['outputs']['awsRegion']}:{ACCOUNT}:dbuser:cluster-of-any-region/{user}"
            )
            found = judge(Check("rds-db:connect", arn), rights)
            assert isinstance(found, Grant), f"{role} connects as {user}, which it may not"
            yield Used(role, found)


def test_nothing_that_a_workload_calls_is_refused(platform: Platform) -> None:
    _, refused = read(layout_of(platform.checkout.root).state / EMULATOR / LEDGER)
    assert refused == []


def test_nothing_is_allowed_that_nobody_uses(platform: Platform, given: dict[str, tuple[Statement, ...]]) -> None:
    used, _ = read(layout_of(platform.checkout.root).state / EMULATOR / LEDGER)
    idle = unused(given, [*used, *connected(platform, given)])
    assert idle == []
