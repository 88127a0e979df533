"""Bugs in taking and buying an order, and in whose it is."""

from tests.chaos import failures, scenarios
from tests.chaos.sabotage import Sabotage
from tests.chaos.scenarios import crash

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "no outbox: the order is confirmed, and its message is not written with it",
        "order/confirmation.py",
        'outbox.add(connection, outbox.payload("invoice",',
        'str(outbox.payload("invoice",',
        scenarios.PLAIN,
    ),
    Sabotage(
        "a new idempotency key at the CCP for every try",
        "order/ccp.py",
        'headers = {"Idempotency-Key": name, "Client-Reference": name}',
        'headers = {"Idempotency-Key": str(__import__("uuid").uuid4()), "Client-Reference": name}',
        scenarios.SLOW_PROVIDER,
    ),
    Sabotage(
        "the CCP is called before the reservation is committed",
        "order/ordering.py",
        "call.customer.customer_id, call.body(CreateOrder), call.key)\n",
        "call.customer.customer_id, call.body(CreateOrder), call.key)\n"
        "            reserved = self._settlement.conclude(reserved)\n",
        crash("C4"),
    ),
    Sabotage(
        "the answer is not kept with the idempotency key",
        "order/confirmation.py",
        "    kept.keep(connection, sold.kept)\n",
        "",
        scenarios.KEYS,
    ),
    Sabotage(
        "a key is accepted with another body",
        "common/api/idempotency.py",
        'if row["fingerprint"] != claim.fingerprint:',
        'if row["fingerprint"] is None:',
        scenarios.KEYS,
    ),
    Sabotage(
        "the tenant's role is not taken on",
        "common/database.py",
        "            connection.execute(_TAKE_ROLE, (str(customer),))\n",
        "",
        scenarios.KEYS,
    ),
    Sabotage(
        "anybody may order for any subscription",
        "order/offers.py",
        "if owned is None:",
        "if offer is None:",
        scenarios.KEYS,
    ),
    Sabotage(
        "anybody may look at any order",
        "common/api/call.py",
        "return self.database.tenant(self.caller.customer_id, self._purpose)",
        "return self.database.transaction(self._purpose)",
        scenarios.KEYS,
    ),
    Sabotage(
        "an unclear outcome at the CCP counts as a refusal",
        "common/ccp/client.py",
        "raise CcpOutcomeUnknown(str(fault), fault.seconds) from fault",
        "raise CcpRefused(str(fault)) from fault",
        scenarios.PROVIDER,
    ),
    Sabotage(
        "the CCP's answer is not compared with the order",
        "order/model.py",
        "    if sale.amount != amount:\n",
        "    return None\n    if sale.amount != amount:\n",
        scenarios.SHORT_SALES,
    ),
    Sabotage(
        "a licence is not kept with its order",
        "order/confirmation.py",
        "AS given (id, sealed_key, data_key_id, fingerprint)",
        "AS given (id, sealed_key, data_key_id, fingerprint) OFFSET 1",
        scenarios.PLAIN,
    ),
    Sabotage(
        "a licence key reaches a log",
        "order/settlement.py",
        '_log.info("confirmed", extra={"order_id"',
        '_log.info(sale.license_keys[0].key.get_secret_value(), extra={"order_id"',
        scenarios.PLAIN,
    ),
    Sabotage(
        "a licence key stands in the order's history",
        "order/confirmation.py",
        "orders.advance(connection, purchase.order_id, State.CONFIRMED)",
        "orders.advance(connection, purchase.order_id, State.CONFIRMED, sale.license_keys[0].key.get_secret_value())",
        scenarios.PLAIN,
    ),
    Sabotage(
        "a licence key is sealed for another customer",
        "common/sealing/license_keys.py",
        "sealer.seal(secret, _bound_to(license_id, customer))",
        "sealer.seal(secret, _bound_to(license_id, license_id))",
        scenarios.PLAIN,
    ),
    Sabotage(
        "an extra sale is found and not cancelled",
        "order/discrepancies.py",
        '"cancel": kind in CANCELLED_BY_RULE',
        '"cancel": kind in ()',
        failures.charged_twice(10),
    ),
)
