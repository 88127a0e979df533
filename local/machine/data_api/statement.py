"""A statement as it comes over HTTP: SQL with `:names`, and their typed values."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from psycopg.types.numeric import Int8

from local.machine.data_api.faults import Fault, bad_request

Field = dict[str, Any]

_WORD = re.compile(r"'(?:[^']|'')*'|(?<!:):(?P<name>[A-Za-z_]\w*)|%")
"""A text, in which nothing is meant; a name, but not the type of a cast; and what psycopg takes for its own."""
_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "booleanValue": bool,
    "blobValue": base64.b64decode,
    "doubleValue": float,
    "longValue": Int8,
    "stringValue": str,
}
_NOT_PLAYED = ("transactionId", "schema", "continueAfterTimeout", "resultSetOptions", "formatRecordsAs")


@dataclass(frozen=True)
class Statement:
    """One statement, which is a transaction of its own.

    Attributes:
        cluster: the ARN of the cluster.
        secret: the ARN of the login.
        sql: as psycopg takes it.
    """

    cluster: str
    secret: str
    database: str
    sql: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """The statement in a request.

        Raises:
            Fault: something is missing, or is not played here.
        """
        for key in ("resourceArn", "secretArn", "database", "sql"):
            if not isinstance(told.get(key), str) or not told[key]:
                raise bad_request(f"{key} is missing")
        for key in _NOT_PLAYED:
            if told.get(key):
                raise bad_request(f"{key} is not played on one machine")
        values = {one["name"]: _value(one) for one in told.get("parameters", ())}
        return cls(told["resourceArn"], told["secretArn"], told["database"], _named(told["sql"], values), values)


def _named(sql: str, values: Mapping[str, Any]) -> str:
    def word(found: "re.Match[str]") -> str:
        name = found["name"]
        if name is None:
            return found[0].replace("%", "%%")
        if name not in values:
            raise bad_request(f"Cannot find parameter: {name}")
        return f"%({name})s"

    return _WORD.sub(word, sql)


def _value(parameter: Mapping[str, Any]) -> Any:
    value = parameter.get("value", {})
    if "typeHint" in parameter:
        raise bad_request("typeHint is not played on one machine")
    if value.get("isNull"):
        return None
    for kind, made in _VALUES.items():
        if kind in value:
            return made(value[kind])
    raise bad_request(f"the parameter {parameter.get('name')} has no value")


def field(value: Any) -> Field:
    """A value of a row, as the answer has it.

    Raises:
        Fault: the Data API has no word for it.
    """
    match value:
        case None:
            return {"isNull": True}
        case bool():
            return {"booleanValue": value}
        case int():
            return {"longValue": value}
        case float():
            return {"doubleValue": value}
        case bytes():
            return {"blobValue": base64.b64encode(value).decode()}
        case tuple() | list() | dict():
            raise Fault("UnsupportedResultException", "The result contains a data type that is not supported.")
        case _:
            return {"stringValue": str(value)}
