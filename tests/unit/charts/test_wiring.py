"""What must meet, meets: hooks and their accounts, Services and their pods, target groups and their Services."""

import helm_python
import pytest

from services.registry import SERVICES, Role
from tests.unit.charts.release import STACKS, Document, container, documents, named, of_kind, render, values

HOOK = "helm.sh/hook"


def weight(document: Document) -> int:
    return int(document["metadata"]["annotations"]["helm.sh/hook-weight"])


def labels_of(workload: Document) -> dict[str, str]:
    return dict(workload["spec"]["template"]["metadata"]["labels"])


@pytest.fixture(params=STACKS)
def found(request: pytest.FixtureRequest) -> tuple[Document, ...]:
    return documents(request.param)


def test_only_the_migrations_and_their_accounts_are_hooks(found: tuple[Document, ...]) -> None:
    hooked = {
        (one["kind"], one["metadata"]["name"])
        for one in found
        if "annotations" in one["metadata"] and HOOK in one["metadata"]["annotations"]
    }
    migrations = {one.name for one in SERVICES if one.role is Role.MIGRATE}
    assert hooked == {(kind, name) for name in migrations for kind in ("Job", "ServiceAccount")}


def test_a_migration_runs_before_install_and_upgrade_and_after_its_account_exists(found: tuple[Document, ...]) -> None:
    jobs = of_kind(found, "Job")
    assert jobs
    for job in jobs:
        account = named(found, "ServiceAccount", job["spec"]["template"]["spec"]["serviceAccountName"])
        for document in (job, account):
            assert document["metadata"]["annotations"][HOOK] == "pre-install,pre-upgrade"
        assert weight(account) < weight(job)


def test_a_failed_migration_is_kept_until_the_next_one_and_ends_in_bounded_time(found: tuple[Document, ...]) -> None:
    for job in of_kind(found, "Job"):
        assert job["metadata"]["annotations"]["helm.sh/hook-delete-policy"] == "before-hook-creation"
        assert job["spec"]["activeDeadlineSeconds"] <= 600
        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_each_service_selects_exactly_its_own_pods(found: tuple[Document, ...]) -> None:
    workloads = of_kind(found, "Deployment", "Job")
    for service in of_kind(found, "Service"):
        selector = service["spec"]["selector"].items()
        chosen = [one for one in workloads if selector <= labels_of(one).items()]
        assert [one["metadata"]["name"] for one in chosen] == [service["metadata"]["name"]]
        (port,) = service["spec"]["ports"]
        assert port["targetPort"] in {one["name"] for one in container(chosen[0])["ports"]}


def test_each_deployment_selects_exactly_its_own_pods(found: tuple[Document, ...]) -> None:
    workloads = of_kind(found, "Deployment", "Job")
    for deployment in of_kind(found, "Deployment"):
        selector = deployment["spec"]["selector"]["matchLabels"].items()
        assert [one for one in workloads if selector <= labels_of(one).items()] == [deployment]


def test_selectors_outlive_a_release() -> None:
    later = values("eu")
    later["image"]["tag"] = "9.9.9"
    before, after = documents("eu"), render(later)
    for deployment in of_kind(before, "Deployment"):
        successor = named(after, "Deployment", deployment["metadata"]["name"])
        assert successor["spec"]["selector"] == deployment["spec"]["selector"]
        assert labels_of(successor) != labels_of(deployment)


def test_every_api_s_pods_join_the_group_of_their_workload(found: tuple[Document, ...]) -> None:
    bindings = {one["metadata"]["name"]: one["spec"] for one in of_kind(found, "TargetGroupBinding")}
    assert bindings.keys() == {service.name for service in SERVICES if service.role is Role.WEB}
    for name, binding in bindings.items():
        reference = binding["serviceRef"]
        service = named(found, "Service", reference["name"])
        assert (reference["name"], binding["targetType"]) == (name, "ip")
        assert reference["port"] in {port["name"] for port in service["spec"]["ports"]}
        assert f"/{name}/" in binding["targetGroupARN"]


def test_a_group_cannot_belong_to_two_workloads() -> None:
    chosen = values("eu")
    chosen["workloads"]["rival"] = chosen["workloads"]["order"]
    with pytest.raises(helm_python.HelmRenderError, match=r"workloads.rival.targetGroup: arn.* already belongs to"):
        render(chosen)
