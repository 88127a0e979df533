"""Two regions at work on one database: each hands over what it meets, but a mail goes out where its documents lie."""

from collections.abc import Iterator

import pytest

from local.machine.postgres import Postgres
from services.common.database import Database
from services.relay.adapters import SqsSender
from services.relay.relay import ABANDONED_SECONDS, relay_batch
from services.relay.takeover import send_again
from tests.integration.conftest import REGION, Aws, World
from tests.integration.pipeline.test_takeover import begin_epoch
from tests.support.postgres import settings_of
from tests.support.shop import Shop

OTHER = "ap-southeast-1"


@pytest.fixture
def there(server: Postgres, aws: Aws) -> Iterator[Database]:
    """The database as a service of the other region has it, beside that of the world's."""
    database = Database(settings_of(server).model_copy(update={"aws_region": OTHER}), size=2)
    yield database
    database.close()


def relay(database: Database, aws: Aws) -> int:
    return relay_batch(database, aws.payloads, SqsSender(aws.urls, REGION))


def hand_over(world: World, queue: str) -> None:
    """An order's payload for that queue, handed over in the region of the world's own services."""
    Shop(world).order()
    world.admin.execute("UPDATE outbox SET queue = %s", (queue,))
    assert world.value("SELECT region FROM outbox") == REGION


@pytest.mark.parametrize(("queue", "taken"), [("invoice", 1), ("document", 1), ("email", 0)])
def test_only_mails_are_left_to_the_region_that_has_their_documents(
    world: World, there: Database, aws: Aws, queue: str, taken: int
) -> None:
    hand_over(world, queue)
    assert relay(there, aws) == taken
    assert relay(world.database, aws) == 1 - taken


def test_a_mail_that_its_region_has_left_lying_is_taken_by_another(world: World, there: Database, aws: Aws) -> None:
    hand_over(world, "email")
    world.admin.execute("UPDATE outbox SET due_at = now() - make_interval(secs => %s)", (ABANDONED_SECONDS + 1,))
    assert relay(there, aws) == 1


def test_a_mail_of_a_region_that_is_lost_is_nobody_s_and_taken_at_once(
    world: World, there: Database, server: Postgres, aws: Aws
) -> None:
    hand_over(world, "email")
    assert relay(world.database, aws) == 1
    begin_epoch(server, "eu")
    assert send_again(there) == 1
    assert relay(there, aws) == 1
