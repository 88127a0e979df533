"""Having S3 keep one object for longer, as operators ask for it."""

from services.common.database import Database
from services.common.errors import NotPossible
from services.orchestrator import audit, kept
from services.orchestrator.audit import Finding
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.commands import Extend
from services.orchestrator.kept import KeptObjects
from services.orchestrator.receipts import Answer


class Extender:
    """Has an object written again."""

    def __init__(self, database: Database, objects: KeptObjects) -> None:
        self._database = database
        self._objects = objects

    def extend(self, caller: Caller, path: str, command: Extend) -> str:
        """The life of one payload in S3.

        Raises:
            NotFound: it is none of ours.
            NotPossible: a real run, and nobody has its bytes any more.
        """
        receipt, warrant = caller.receipt(command), caller.warrant("extend", command)
        if receipt.known(self._database):
            return receipt.text
        found = self._objects.find(path)
        outlook = self._objects.outlook(found)
        finding = Finding(found.order_id, path, outlook.effect, outlook.why)
        answer: Answer = {"dryRun": command.dry_run, "path": path, "effect": outlook.effect, "detail": outlook.why}
        with refusals_audited(self._database, warrant, NotPossible):
            if not command.dry_run:
                if outlook.effect == "refused":
                    raise Refused(finding)
                self._objects.renew(found)
            with self._database.transaction() as connection:
                receipt.begin(connection)
                if not command.dry_run:
                    kept.renewed(connection, found)
                audit.record(connection, warrant, finding)
                receipt.keep(connection, answer)
        return receipt.text
