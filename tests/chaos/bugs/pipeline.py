"""Bugs on the way of a message: relay, workers, invoices, documents, mails, and the operators' restarts."""

from tests.chaos import failures, scenarios
from tests.chaos.sabotage import Sabotage
from tests.chaos.scenarios import crash

SABOTAGES: tuple[Sabotage, ...] = (
    Sabotage(
        "the message is deleted before its effect is committed",
        "common/pipeline/polling.py",
        "            wait = _with_a_writer(take, message, stop, beat)",
        "            source.delete([message]); wait = _with_a_writer(take, message, stop, beat)",
        crash("C9"),
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
)
