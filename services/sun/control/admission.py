"""What the writer lets in, through the RDS Data API of its cluster: no network, no driver, and a role of its own.

The API answers for the primary only, so that the ARN of a member is asked and not an endpoint that may lead elsewhere.
"""

import re
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sun.control.book import BY
from services.sun.control.database import Clients
from services.sun.control.facts import Admits, Unfinished, WriterState
from services.sun.control.ports import Admission, Refused, Unavailable

_NOT_YET = {
    "BadRequestException",
    "DatabaseResumingException",
    "DatabaseUnavailableException",
    "InvalidResourceStateException",
    "StatementTimeoutException",
    "ThrottlingException",
}
"""What a member that is no writer may be told with, and what passes."""
_STATE = re.compile(r"SQLState: (\w{5})")
_PASSING = re.compile(r"25006|08...|57P..|40...|53...")
"""Read-only; no connection; shutting down or starting; rolled back; too busy."""
_SERVER_ERROR = 500


class DataApi(Admission):
    """The writer's functions of revision 0022, called as the role of the secret.

    Args:
        clients: gives clients that never try again.
        database: its name.
        secret: the ARN of the role's secret in any region; each has a copy.
    """

    def __init__(self, clients: Clients, database: str, secret: str) -> None:
        self._clients, self._database, self._secret = clients, database, secret

    def read(self, arn: str) -> WriterState:
        """The row."""
        row = self._row(arn, "SELECT epoch, admission, region, lost, changed_by FROM writer_epoch")
        return WriterState(row[0], Admits(row[1]), row[2], row[3], row[4])

    def admit(self, arn: str, epoch: int, what: Admits) -> bool:
        """By a comparison with the epoch, which makes it safe to be repeated."""
        sql = "SELECT set_admission(CAST(:epoch AS bigint), CAST(:what AS text), CAST(:who AS text))"
        return bool(self._row(arn, sql, epoch=epoch, what=what.value, who=BY)[0])

    def unfinished(self, arn: str) -> Unfinished:
        """As the database counts it."""
        return Unfinished(*self._row(arn, "SELECT ccp_calls, transactions FROM unfinished_work()"))

    def begin_epoch(self, arn: str, epoch: int, region: str, lost: str | None) -> bool:
        """By a comparison with the epoch: of two that begin one, one does."""
        sql = (
            "SELECT begin_epoch(CAST(:epoch AS bigint), CAST(:region AS text), CAST(:who AS text), CAST(:lost AS text))"
        )
        return self._row(arn, sql, epoch=epoch, region=region, who=BY, lost=lost)[0] is not None

    def _row(self, arn: str, sql: str, **parameters: int | str | None) -> list[Any]:
        region = arn.split(":")[3]
        try:
            answer = self._clients("rds-data", region).execute_statement(
                resourceArn=arn,
                secretArn=_in_region(self._secret, region),
                database=self._database,
                sql=sql,
                parameters=[{"name": name, "value": _field(value)} for name, value in parameters.items()],
            )
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error
        except ClientError as error:
            raise _meant(error) from error
        (row,) = answer["records"]
        return [_value(field) for field in row]


def _meant(error: ClientError) -> Exception:
    told = error.response.get("Error", {})
    state = _STATE.search(told.get("Message", ""))
    if state is not None:
        passes = _PASSING.fullmatch(state[1]) is not None
    else:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR)
        passes = status >= _SERVER_ERROR or told.get("Code") in _NOT_YET
    return Unavailable(str(error)) if passes else Refused(str(error))


def _in_region(arn: str, region: str) -> str:
    parts = arn.split(":")
    return ":".join([*parts[:3], region, *parts[4:]])


def _field(value: int | str | None) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    return {"longValue": value} if isinstance(value, int) else {"stringValue": value}


def _value(field: dict[str, Any]) -> Any:
    return None if field.get("isNull") else next(iter(field.values()))
