"""Seeded bugs: one-line sabotages of the services, each of which has to turn a scenario red.

A harness that stays green whatever one does to the product proves nothing. Each sabotage is made in a copy of the
services; a scenario counts only if it is green without the sabotage.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import changes, failures, scenarios
from tests.chaos.bed import Bed
from tests.chaos.scenario import Scenario, play
from tests.chaos.scenarios import crash
from tests.support.checkout import ROOT


class SabotageOutdated(Exception):
    """The line to be sabotaged is not there, or not just once: the sabotage has to follow the code."""


@dataclass(frozen=True)
class Sabotage:
    """A bug that somebody might introduce.

    Attributes:
        what: the bug in words.
        file: below `services/`.
        old: text that stands in the file exactly once.
        new: what it becomes.
        scenario: what has to notice.
    """

    what: str
    file: str
    old: str
    new: str
    scenario: Scenario

    def apply(self, root: Path) -> None:
        """Makes the change in the checkout at `root`.

        Raises:
            SabotageOutdated: the old text does not stand in the file exactly once.
        """
        path = root / "services" / self.file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if text.count(self.old) != 1:
            raise SabotageOutdated(f"{self.what}: {self.old!r} stands {text.count(self.old)} times in {self.file}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Catch:
    """What a scenario said of a sabotage; an empty `finding` means that the bug went unnoticed."""

    sabotage: Sabotage
    finding: str
    seconds: float


@contextmanager
def sabotaged(sabotage: Sabotage) -> Iterator[Path]:
    """A copy of the services with the bug in it."""
    with tempfile.TemporaryDirectory(prefix="cloud-sales-sabotage-") as name:
        root = Path(name)
        shutil.copytree(ROOT / "services", root / "services", ignore=shutil.ignore_patterns("__pycache__"))
        sabotage.apply(root)
        yield root


def hunt(bed: Bed, sabotage: Sabotage) -> Catch:
    """Plays the scenario against the sabotaged services."""
    with sabotaged(sabotage) as root:
        result = play(bed, sabotage.scenario, root)
    return Catch(sabotage, result.findings[0] if result.findings else "", result.seconds)


SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "no outbox: the order is confirmed, and its message is not written with it",
        "order/confirmation.py",
        'outbox.add(connection, outbox.payload("invoice",',
        'str(outbox.payload("invoice",',
        scenarios.PLAIN,
    ),
    Sabotage(
        "the message is deleted before its effect is committed",
        "common/pipeline/polling.py",
        "            wait = _attempt(take, message)",
        "            source.delete([message]); wait = _attempt(take, message)",
        crash("C9"),
    ),
    Sabotage(
        "a new idempotency key at the CCP for every try",
        "order/ccp.py",
        'headers = {"Idempotency-Key": name, "Client-Reference": name}',
        'headers = {"Idempotency-Key": str(__import__("uuid").uuid4()), "Client-Reference": name}',
        scenarios.SLOW_PROVIDER,
    ),
    Sabotage(
        "numbers like a sequence gives them: kept even if the transaction rolls back",
        "invoice/handlers.py",
        "number = numbering.draw(connection, ",
        "with self._database.transaction() as own: number = numbering.draw(own, ",
        crash("C10"),
    ),
    Sabotage(
        "no inbox: a path that is done is claimed again",
        "common/pipeline/inbox.py",
        "WHERE inbox.finished_at IS NULL AND inbox.lease_until < now()",
        "WHERE true",
        scenarios.DUPLICATES,
    ),
    Sabotage(
        "a worker's lease never ends",
        "common/pipeline/inbox.py",
        "WHERE inbox.finished_at IS NULL AND inbox.lease_until < now()",
        "WHERE false",
        crash("C11"),
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
        "an e-mail attempt that may have been sent is sent again",
        "email/ledger.py",
        "if inserted.rowcount == 1:",
        "if inserted.rowcount < 2:",
        crash("C18"),
    ),
    Sabotage(
        "an unknown outcome is not given time for its evidence",
        "email/ledger.py",
        'if row["remaining"] > 0:',
        'if row["remaining"] > 3600:',
        scenarios.LATE_EVIDENCE,
    ),
    Sabotage(
        "SES's evidence is not looked at",
        "email/ledger.py",
        'if row["evidence"] is not None:',
        'if row["evidence"] == "never":',
        crash("C18"),
    ),
    Sabotage(
        "the SDK repeats SendEmail by itself",
        "email/mailer.py",
        '"total_max_attempts": 1',
        '"total_max_attempts": 3',
        scenarios.SES_ANSWER_LOST,
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
        "return self.database.tenant(self.caller.customer_id)",
        "return self.database.transaction()",
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
        "a document's bytes depend on when it is rendered",
        "document/rendering.py",
        "        return pdf\n",
        '        return pdf + f"% rendered at {datetime.now(UTC)}".encode()\n',
        crash("C14"),
    ),
    Sabotage(
        "payloads are not compared with their hash",
        "common/pipeline/payloads.py",
        "if digest != sha256:",
        "if not found:",
        scenarios.ALTERED,
    ),
    Sabotage(
        "the relay sends a path before its payload is in S3",
        "relay/relay.py",
        "    for row in due:\n        crash_point",
        "    for row in due[1:]:\n        crash_point",
        scenarios.PLAIN,
    ),
    Sabotage(
        "the mail's evidence is deleted before it is recorded",
        "email/events.py",
        "        if (attempt := event.attempt_id) is None:",
        "        if (attempt := event.attempt_id) is not None:",
        crash("C18"),
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
        "what a worker has in hand is not kept hidden while it works",
        "common/pipeline/polling.py",
        "with Keeper(hand.keep, source.visibility_seconds)",
        "with Keeper(hand.keep, 3600)",
        failures.SLOW_WORK,
    ),
    Sabotage(
        "a number gets no witness",
        "document/handlers.py",
        "        witness(self._payloads, given)\n",
        "        str(given)\n",
        scenarios.PLAIN,
    ),
    Sabotage(
        "an extra sale is found and not cancelled",
        "order/discrepancies.py",
        '"cancel": kind in CANCELLED_BY_RULE',
        '"cancel": kind in ()',
        failures.charged_twice(10),
    ),
    Sabotage(
        "a restart does not look whether the PDF is lost",
        "orchestrator/plans.py",
        "if document_lost and stage in (Stage.DOCUMENT, Stage.EMAIL):",
        "if document_lost and stage is None:",
        failures.LOST,
    ),
    Sabotage(
        "a worker does not hear SIGTERM",
        "common/pipeline/worker.py",
        "lambda *_: stop.set()",
        "lambda *_: None",
        failures.rolling(10),
    ),
    Sabotage(
        "a message that cannot be understood is deleted",
        "common/pipeline/polling.py",
        "        return POISON_SECONDS\n",
        "        return None\n",
        failures.poison(10),
    ),
    Sabotage(
        "a change is asked for again without a search",
        "licensing/asking.py",
        "return _ask(desk, change, desk.made_for(change, deadline), deadline)",
        "return _ask(desk, change, (), deadline)",
        changes.without_keys(2),
    ),
    Sabotage(
        "a change is confirmed in one transaction, and its licences follow in another",
        "licensing/confirmation.py",
        "    if change.extension is None:\n        _take_back",
        "    connection.commit()\n    if change.extension is None:\n        _take_back",
        changes.extensions("C27", 1),
    ),
    Sabotage(
        "a change is marked as credited in one transaction, and the credit notes are asked for in another",
        "licensing/crediting.py",
        "    for credit in owed:\n",
        '    connection.execute("UPDATE licence_change SET state = \'FINISHED\' WHERE id = %s", (change["id"],))\n'
        "    connection.commit()\n    for credit in owed:\n",
        changes.change_points(1),
    ),
    Sabotage(
        "a change keeps no idempotency key",
        "licensing/changing.py",
        "        kept = call.once(effect)\n",
        "        with call.transaction() as own: kept = effect(own)\n",
        changes.change_points(1),
    ),
)
