"""What operators ask: which orders, and which objects of S3."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from services.common.api import Input
from services.common.orders import State
from services.orchestrator.border import MAX_ORDERS, Limit, Part
from services.orchestrator.cursors import GIVEN, OrderCursor, PayloadCursor
from services.orchestrator.stages import Stage

MAX_AGE_SECONDS = 10 * 366 * 86_400


class Filter(Input):
    """Which orders; every member that is given narrows the choice.

    Attributes:
        stage: the stage that an unfinished order waits at.
        reason: a part of the reason for which the order was parked or rejected, in any case.
        min_age_seconds: ordered at least that long ago.
    """

    state: State | None = None
    stage: Stage | None = None
    customer: UUID | None = None
    reason: Part | None = None
    min_age_seconds: int | None = Field(default=None, ge=0, le=MAX_AGE_SECONDS)


class OrdersQuery(Filter):
    """`GET /operations/orders`."""

    limit: Limit = 50
    cursor: Annotated[OrderCursor, BeforeValidator(OrderCursor.decode), GIVEN] | None = None


class ExpiringQuery(Input):
    """`GET /operations/payloads/expiring`; `finished` shows finished orders' objects too."""

    days: int = Field(default=7, ge=0, le=30)
    finished: bool = False
    limit: Limit = MAX_ORDERS
    cursor: Annotated[PayloadCursor, BeforeValidator(PayloadCursor.decode), GIVEN] | None = None
