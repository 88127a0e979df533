"""Two regions over one database: what one has sent and lost is sent by the other to its own queues, and done once."""

import json

from local.machine.postgres import CONTROLLER, Postgres
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.queues import Message, Source
from services.invoice.handlers import InvoiceHandler
from services.relay.adapters import SqsSender
from services.relay.relay import relay_batch
from services.relay.takeover import send_again
from tests.integration.conftest import REGION, Aws, World, region_of
from tests.support.losses import aftermath
from tests.support.pair import Control
from tests.support.shop import Shop


def begin_epoch(server: Postgres, lost: str | None) -> None:
    with server.connect(CONTROLLER) as connection:
        Control(connection).begin(lost)


def relay(world: World, region: Aws) -> int:
    return relay_batch(world.database, region.payloads, SqsSender(region.urls, REGION))


def consume(world: World, region: Aws) -> int:
    """Takes what waits in the region's invoice queue, from the region's bucket; how many messages."""
    consumer = Consumer("invoice", world.database, region.payloads, InvoiceHandler(world.database))
    source = Source(region.urls["invoice"], REGION, 60)
    messages = source.receive() if region.waiting("invoice") else []
    for message in messages:
        consumer.take(message)
    source.delete(messages)
    return len(messages)


def test_the_new_region_sends_to_its_queues_and_the_old_messages_do_nothing(
    world: World, aws: Aws, server: Postgres
) -> None:
    eu, apac = aws, region_of("apac-")
    address = Shop(world).order().headers["Location"]
    assert relay(world, eu) == 1
    assert relay(world, apac) == 0, "it is not due: the queue of eu has it"
    begin_epoch(server, "eu")
    assert send_again(world.database) == 1
    assert relay(world, apac) == 1
    assert aftermath(world.database).search()
    assert consume(world, apac) == 1
    assert world.value("SELECT count(*) FROM invoice") == 1
    assert consume(world, eu) == 1, "eu is back, with what it had"
    assert world.value("SELECT count(*) FROM invoice") == 1
    assert world.value("SELECT state FROM sales_order") == "INVOICED", address
    assert world.value("SELECT attempts FROM outbox WHERE queue = 'invoice'") == 1, "the lost try does not count"


def test_what_was_sent_in_this_epoch_or_is_given_up_is_left_alone(world: World, aws: Aws, server: Postgres) -> None:
    begin_epoch(server, "eu")
    Shop(world).order()
    relay(world, aws)
    assert send_again(world.database) == 0
    begin_epoch(server, "eu")
    world.admin.execute("UPDATE outbox SET due_at = 'infinity'")
    assert send_again(world.database) == 0


def test_a_region_that_hands_over_finishes_what_its_queues_have(world: World, aws: Aws, server: Postgres) -> None:
    Shop(world).order()
    relay(world, aws)
    begin_epoch(server, None)
    assert send_again(world.database) == 0
    assert consume(world, aws) == 1
    assert world.value("SELECT state FROM sales_order") == "INVOICED"


def test_what_has_never_been_sent_is_sent_by_whichever_region_is_there(world: World, aws: Aws) -> None:
    apac = region_of("apac-")
    Shop(world).order()
    assert relay(world, apac) == 1
    assert (aws.waiting("invoice"), apac.waiting("invoice")) == (0, 1)
    path = str(world.value("SELECT path FROM outbox"))
    consumer = Consumer("invoice", world.database, apac.payloads, InvoiceHandler(world.database))
    consumer.take(Message(json.dumps({"path": path}), "receipt", 1))
    assert world.value("SELECT state FROM sales_order") == "INVOICED"
