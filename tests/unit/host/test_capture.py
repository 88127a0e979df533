"""What a captured model says of the program."""

import gc
import sys
from pathlib import Path

import pytest

from local.host import Model, Resource, capture
from tests.unit.host.conftest import SHOP

QUEUE = "aws:sqs/queue:Queue"


@pytest.fixture(scope="module")
def shop() -> Model:
    return capture("eu", root=SHOP)


def named(model: Model, token: str, name: str) -> Resource:
    return next(resource for resource in model.of_type(token) if resource.name == name)


def test_a_resource_carries_its_urn_parent_and_outputs(shop: Model) -> None:
    queue = named(shop, QUEUE, "orders")
    assert queue.urn == "urn:pulumi:eu::shop::shop:queues:Pair$aws:sqs/queue:Queue::orders"
    assert queue.parent == "urn:pulumi:eu::shop::shop:queues:Pair::orders"
    assert queue.inputs["visibilityTimeoutSeconds"] == 30
    assert queue.outputs["visibilityTimeoutSeconds"] == 30
    assert queue.outputs["arn"] == "arn:aws:sqs:eu-west-1:111122223333:shop-orders"
    assert queue.id == queue.outputs["url"]


def test_a_component_shows_its_outputs_and_has_no_id(shop: Model) -> None:
    (pair,) = shop.of_type("shop:queues:Pair")
    assert (pair.id, pair.parent, pair.inputs) == (None, None, {})
    assert pair.outputs == {"url": named(shop, QUEUE, "orders").outputs["url"]}


def test_dependencies_come_from_properties_and_from_depends_on(shop: Model) -> None:
    bucket, dead = shop.of_type("aws:s3/bucket:Bucket")[0], named(shop, QUEUE, "orders-dead")
    assert named(shop, QUEUE, "orders").dependencies == tuple(sorted((bucket.urn, dead.urn)))


def test_options_are_kept(shop: Model) -> None:
    assert shop.of_type("aws:kms/key:Key")[0].protect
    assert not shop.of_type("aws:s3/bucket:Bucket")[0].protect
    assert named(shop, QUEUE, "orders").ignore_changes == ("messageRetentionSeconds",)


def test_secrets_are_unwrapped(shop: Model) -> None:
    assert shop.of_type("aws:iam/role:Role")[0].inputs["description"] == "whispered"
    assert shop.outputs["secret"] == "hidden"


def test_exports_and_functions_are_answered(shop: Model) -> None:
    assert shop.outputs["queueUrl"] == "https://sqs.eu-west-1.amazonaws.com/111122223333/shop-orders"
    assert shop.outputs["account"] == "111122223333"


def test_the_program_runs_in_its_own_directory_and_leaves_nothing_behind() -> None:
    before, path = Path.cwd(), list(sys.path)
    assert capture("eu", root=SHOP).outputs["directory"] == "program"
    assert Path.cwd() == before
    assert sys.path == path
    assert "naming" not in sys.modules


def test_lazy_modules_of_the_sdks_stay_lazy() -> None:
    capture("eu", root=SHOP)
    lazy = [module for name, module in list(sys.modules.items()) if name == "pulumi_aws.workspaces"]
    assert [type(module).__name__ for module in lazy] == ["_LazyModule"]


def test_garbage_is_collected_again_once_the_program_has_run() -> None:
    capture("eu", root=SHOP)
    assert gc.isenabled()


def test_who_collects_no_garbage_is_left_alone() -> None:
    gc.disable()
    try:
        capture("eu", root=SHOP)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_every_run_is_the_first(shop: Model) -> None:
    again = capture("eu", root=SHOP)
    assert again == shop
    assert again.of_type("aws:s3/bucket:Bucket")[0].id == "shop-payloads"


def test_the_overlay_reaches_into_a_setting() -> None:
    model = capture("eu", {"shop:orders.visibilitySeconds": 45}, root=SHOP)
    queue = named(model, QUEUE, "orders")
    assert queue.inputs["visibilityTimeoutSeconds"] == 45
    assert queue.inputs["name"] == "shop-orders"


def test_a_model_survives_json(shop: Model) -> None:
    assert Model.from_json(shop.to_json()) == shop


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stack": "eu", "resources": [{}], "outputs": {}}'])
def test_other_json_is_no_model(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a model|Expecting value"):
        Model.from_json(text)
