"""The release: every service runs with its command, its size and exactly the environment that it reads."""

import importlib
import json
from typing import Any

import jsonschema
import pytest

from local.host import Model
from local.host.capture import ROOT
from services.common.settings import Environment
from services.registry import QUEUES, SERVICES, Need, Role, Service, dead_letter_variable, queue_variable, queues_of
from stacks.schema import NAMESPACE
from tests.support.stacks import STACKS, model_of, only

CHART = ROOT / "charts" / NAMESPACE
DATABASE = {"DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER", "DATABASE_CA_FILE"}
BROUGHT = {
    Need.DATABASE: DATABASE,
    Need.DATABASE_OWNER: DATABASE,
    Need.PAYLOADS: {"PAYLOAD_BUCKET"},
    Need.DOCUMENTS: {"PAYLOAD_BUCKET"},
    Need.NUMBERS: {"PAYLOAD_BUCKET", "PAYLOAD_BUCKETS"},
    Need.TOKENS: {"TOKEN_ISSUERS", "TENANT_REQUESTS_PER_MINUTE"},
    Need.PRINTED: {"PAYLOAD_BUCKET"},
    Need.DIRECTORY: {"USER_POOL_ID"},
    Need.PASSWORDS: {"USER_POOL_ID"},
    Need.CCP: {"CCP_URL"},
    Need.SECRETS: {"SECRETS_KEY_ARN"},
    Need.SEALED: {"SECRETS_KEY_ARN"},
    Need.INBOUND: {"PAYLOAD_BUCKET"},
    Need.OPERATIONS: {"PAYLOAD_EXPIRY_DAYS", "HANDOVER_RECIPIENT", "QUEUE_URL_MAIL_EVENTS", "QUEUE_URL_INBOUND_MAIL"}
    | set(map(dead_letter_variable, QUEUES)),
    Need.LOGIN: {"CONTROLLER_LOGIN_ARN"},
    Need.MAIL: {"MAIL_SENDER", "MAIL_CONFIGURATION_SET", "MAIL_EVIDENCE_SECONDS"},
}
OF_EVERY_POD = {"POD_IP": "127.0.0.1", "PORT": "8080"}
each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


@pytest.fixture
def values(model: Model) -> dict[str, Any]:
    stated: dict[str, Any] = only(model, "kubernetes:helm.sh/v3:Release").inputs["values"]
    return stated


def test_the_chart_accepts_the_values(values: dict[str, Any]) -> None:
    jsonschema.validate(values, json.loads((CHART / "values.schema.json").read_text(encoding="utf-8")))


def test_the_release_is_of_the_chart_beside_the_program(model: Model) -> None:
    release = only(model, "kubernetes:helm.sh/v3:Release")
    provider = only(model, "pulumi:providers:kubernetes")
    assert (ROOT / "stacks" / release.inputs["chart"]).resolve() == CHART
    assert release.inputs["name"] == NAMESPACE
    cluster = only(model, "aws:eks/cluster:Cluster")
    kubeconfig = json.loads(provider.inputs["kubeconfig"])
    (reached,) = kubeconfig["clusters"]
    assert kubeconfig["current-context"] == reached["name"] == cluster.id == f"cloud-sales-{model.stack}"
    assert reached["cluster"]["server"] == cluster.outputs["endpoint"]
    assert release.inputs["createNamespace"] is True


def test_every_service_is_a_workload_and_nothing_else_is(values: dict[str, Any]) -> None:
    assert values["workloads"].keys() == {service.name for service in SERVICES}


@each_service
def test_a_workload_runs_what_the_registry_says(values: dict[str, Any], service: Service) -> None:
    workload = values["workloads"][service.name]
    assert workload["command"] == ["python", "-m", "services", service.package, service.role.value]
    assert workload["role"] == service.role
    assert ("targetGroup" in workload) is (service.role is Role.WEB)


@each_service
def test_a_service_gets_exactly_the_variables_of_its_needs(values: dict[str, Any], service: Service) -> None:
    expected = {"SERVICE_NAME"}.union(*(BROUGHT[need] for need in service.needs))
    if {Need.PAYLOADS, Need.INBOUND} & service.needs:
        expected |= {queue_variable(queue) for queue in queues_of(service.name)}
        if any(queue.consumer == service.name for queue in queues_of(service.name)):
            expected.add("QUEUE_VISIBILITY_SECONDS")
    environment = values["workloads"][service.name]["environment"]
    assert environment.keys() == expected
    assert all(isinstance(value, str) and value for value in environment.values())
    assert values["environment"].keys() == {"REGION_NAME", "AWS_REGION", "LOG_LEVEL"}


def test_every_need_brings_something_known() -> None:
    assert BROUGHT.keys() == set(Need)


@each_service
def test_a_service_reads_its_settings_from_what_the_chart_sets_and_leaves_nothing_unread(
    values: dict[str, Any], service: Service
) -> None:
    settings = importlib.import_module(f"services.{service.package}.{service.role.value}").Settings
    own = values["workloads"][service.name]["environment"]
    assert issubclass(settings, Environment)
    settings.read({**values["environment"], **own, **OF_EVERY_POD})
    assert own.keys() <= {field.upper() for field in settings.model_fields}


@each_service
def test_a_queue_variable_leads_to_the_queue_it_is_named_after(
    model: Model, values: dict[str, Any], service: Service
) -> None:
    if not {Need.PAYLOADS, Need.INBOUND} & service.needs:
        return
    for queue in queues_of(service.name):
        url = values["workloads"][service.name]["environment"][queue_variable(queue)]
        assert url == model.outputs["queueUrls"][queue.name]


def test_a_dead_letter_variable_leads_to_the_queue_it_is_named_after(model: Model, values: dict[str, Any]) -> None:
    environment = values["workloads"]["orchestrator"]["environment"]
    stated = {queue.name: environment[dead_letter_variable(queue)] for queue in QUEUES}
    assert stated == model.outputs["deadLetterQueueUrls"]


def test_only_the_migration_is_the_owner_of_the_database(values: dict[str, Any]) -> None:
    users = {name: workload["environment"].get("DATABASE_USER") for name, workload in values["workloads"].items()}
    assert [name for name, user in users.items() if user == "cloudsales_owner"] == ["database"]


def test_the_buckets_searched_after_a_loss_are_those_of_all_regions(values: dict[str, Any], model: Model) -> None:
    told = json.loads(values["workloads"]["document"]["environment"]["PAYLOAD_BUCKETS"])
    names = {one["region"]: one["bucket"] for one in told}
    assert names[model.stack] == values["workloads"]["document"]["environment"]["PAYLOAD_BUCKET"]
    assert len(set(names.values())) == len(names) > 1
