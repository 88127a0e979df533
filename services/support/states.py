"""Where a case stands and what moves it: decided without touching anything.

OPEN waits for support's first answer. Whoever writes makes the case wait for the other side, and a customer who writes
to a resolved case opens it again. CLOSED is final: what comes later is a case of its own.
"""

from enum import StrEnum

from services.common.errors import NotPossible


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "OPEN"
    WAITING_FOR_SUPPORT = "WAITING_FOR_SUPPORT"
    WAITING_FOR_CUSTOMER = "WAITING_FOR_CUSTOMER"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class Author(StrEnum):
    """Which side writes."""

    CUSTOMER = "CUSTOMER"
    SUPPORT = "SUPPORT"


def after_message(status: CaseStatus, author: Author) -> CaseStatus:
    """The status once that side has written.

    Raises:
        NotPossible: the case is closed.
    """
    if status is CaseStatus.CLOSED:
        raise NotPossible("the case is closed; open a new one")
    if author is Author.SUPPORT:
        return CaseStatus.WAITING_FOR_CUSTOMER
    return status if status is CaseStatus.OPEN else CaseStatus.WAITING_FOR_SUPPORT


def set_by_support(status: CaseStatus, wanted: CaseStatus) -> CaseStatus:
    """The status that support sets; the present one may be set again.

    Raises:
        NotPossible: the case is closed, or it would be as if nobody had ever answered.
    """
    if wanted is not status and (status is CaseStatus.CLOSED or wanted is CaseStatus.OPEN):
        raise NotPossible(f"a case that is {status} cannot become {wanted}")
    return wanted
