"""Who may write now: what the one row of `writer_epoch` says, and what that means for a transaction.

The row travels with the data, so that every server tells of itself whether it is the writer, and of which epoch. Each
change of the writer begins an epoch; the controller alone changes the row (`services/database`, revision 0022).
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

PREPARE = """
    PREPARE writer AS
    SELECT epoch, admission, current_setting('transaction_read_only')::boolean AS refuses FROM writer_epoch
"""
"""Once for each connection, or nearly: planning it each time would cost more than asking."""
BEGIN = "BEGIN; EXECUTE writer"
"""One round trip. Until the transaction ends, its lock on the table's definition tells the controller that it is under
way (`unfinished_work()`)."""
READ_ONLY = "SET TRANSACTION READ ONLY"


class Admission(StrEnum):
    """What the controller lets in: anything; only the outcome of what has begun; nothing."""

    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"


class Purpose(Enum):
    """What a transaction is for: to read; to do work; to record what has happened already, outside of the database."""

    READ = auto()
    WORK = auto()
    RECORD = auto()


class Verdict(Enum):
    """Go on; go on and write nothing; wait for the controller; this server is not the writer."""

    GO = auto()
    GO_READING = auto()
    WAIT = auto()
    LEAVE = auto()


@dataclass(frozen=True)
class Writer:
    """What a server says of itself; `refuses` means that it takes no writes, as a standby does."""

    epoch: int
    admission: Admission
    refuses: bool

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Writer":
        """What the row says."""
        return cls(row["epoch"], Admission(row["admission"]), row["refuses"])


def judge(found: Writer, seen: int, purpose: Purpose) -> Verdict:
    """What a transaction may do on the server that it has met.

    Args:
        found: what the server says.
        seen: the highest epoch that this process has seen; a server of an older one was the writer once, and what
            it shows or takes is not part of the truth any more, whatever it says of itself.
        purpose: what the transaction is for.
    """
    if found.refuses or found.epoch < seen:
        return Verdict.LEAVE
    if found.admission is Admission.OPEN or (found.admission is Admission.DRAINING and purpose is Purpose.RECORD):
        return Verdict.GO
    return Verdict.GO_READING if purpose is Purpose.READ else Verdict.WAIT
