"""Having licensing look at a parked change again at once, with all its attempts, instead of once a day.

Licensing stays the only one that asks the CCP: it searches there for what it has done before it asks. What a restart
does is written in one transaction under the change's row lock.
"""

from dataclasses import dataclass
from uuid import UUID

from services.common.database import Database
from services.common.errors import NotFound, NotRestartable
from services.orchestrator import audit
from services.orchestrator.audit import Finding
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.commands import RestartChange
from services.orchestrator.plans import Effect
from services.orchestrator.receipts import Answer

_FIND = """
    SELECT kind, state, reason, ccp_attempts > 1 AND leased_until > now() AS in_hand FROM licence_change WHERE id = %s
    FOR UPDATE
"""
"""Parking a change sets its attempts back to one, and whoever looks at it counts one more."""
_RESTART = """
    UPDATE licence_change SET state = 'RESERVED', reason = NULL, ccp_attempts = 1, leased_until = now(),
        updated_at = now()
    WHERE id = %s
"""
"""It counts as asked once, so that the CCP is searched first."""


@dataclass(frozen=True)
class Plan:
    """What a restart comes to, and why, in words for the operator."""

    effect: Effect
    why: str


def plan(kind: str, state: str | None, reason: str | None, *, in_hand: bool) -> Plan:
    """What a restart of a change comes to.

    Args:
        kind: what is changed.
        state: how it stands; None for an increase, which is an order.
        reason: why it is parked or refused.
        in_hand: licensing is looking at a parked one just now.
    """
    if state is None:
        return Plan(Effect.REFUSED, "more licences are bought by the order of the same id: restart that order")
    if state == "REFUSED":
        return Plan(Effect.REFUSED, f"the CCP has refused this change for good: {reason}")
    if state == "RESERVED":
        return Plan(Effect.NONE, "licensing asks the CCP by itself until it knows the outcome")
    if state != "PARKED":
        return Plan(Effect.NONE, "the CCP has made this change; it is never asked again")
    if in_hand:
        return Plan(Effect.NONE, f"licensing is searching the CCP for this {kind} just now")
    why = f"licensing searches the CCP for this {kind}, and asks for what is missing; it was parked because {reason}"
    return Plan(Effect.RESTART, why)


class ChangeRestarter:
    """Has one change of licences restarted; answers the JSON text that a repetition gets again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def restart(self, caller: Caller, change_id: UUID, command: RestartChange) -> str:
        """One change.

        Raises:
            NotFound: there is no such change.
            NotRestartable: a real run, and the change cannot go on.
        """
        receipt, warrant = caller.receipt(command), caller.warrant("restart", command)
        if receipt.known(self._database):
            return receipt.text
        with refusals_audited(self._database, warrant, NotRestartable), self._database.transaction() as connection:
            receipt.begin(connection)
            row = connection.execute(_FIND, (change_id,)).fetchone()
            if row is None:
                raise NotFound("there is no change of licences with this id")
            decided = plan(row["kind"], row["state"], row["reason"], in_hand=row["in_hand"])
            finding = Finding(None, f"license-changes/{change_id}", decided.effect, decided.why)
            if not command.dry_run:
                if decided.effect is Effect.REFUSED:
                    raise Refused(finding)
                if decided.effect is Effect.RESTART:
                    connection.execute(_RESTART, (change_id,))
            audit.record(connection, warrant, finding)
            receipt.keep(connection, _answer(command, change_id, decided))
        return receipt.text


def _answer(command: RestartChange, change_id: UUID, decided: Plan) -> Answer:
    return {
        "dryRun": command.dry_run,
        "changeId": str(change_id),
        "effect": decided.effect.value,
        "detail": decided.why,
    }
