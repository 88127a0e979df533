"""How the provider may misbehave, and what that means for one call."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Self

from pydantic import Field, model_validator

from local.ccp.wire import Wire

Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""The share of calls that a fault strikes: 0 none, 1 all."""


class Switches(Wire):
    """The switches of the simulator; all are off unless set. What is said of sales holds for changes of licences too.

    Attributes:
        latency_ms: how long each call takes; an order holds its idempotency key meanwhile.
        error_rate: calls that are answered with `error_status` and have no effect.
        retry_after_seconds: the `Retry-After` header of such an error.
        hang_after_accept_rate: sales that are made, but answered only after `hang_seconds`, and then with 504.
        drop_after_accept_rate: sales that are made, but whose connection is closed without an answer.
        partial_fill_rate: sales of fewer items than were ordered.
        ignore_idempotency_keys: every call is a new sale, whatever its key.
        hide_sales: neither sales nor changes can be listed.
        seed: makes the choice of the calls repeatable; it starts anew each time that the switches are set.
    """

    latency_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    error_rate: Rate = 0
    error_status: Annotated[int, Field(ge=400, le=599)] = 503
    retry_after_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    hang_after_accept_rate: Rate = 0
    hang_seconds: Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)] = 30
    drop_after_accept_rate: Rate = 0
    partial_fill_rate: Rate = 0
    ignore_idempotency_keys: bool = False
    hide_sales: bool = False
    seed: int | None = None

    @model_validator(mode="after")
    def _one_ending_each(self) -> Self:
        if self.hang_after_accept_rate + self.drop_after_accept_rate > 1:
            raise ValueError("hangAfterAcceptRate and dropAfterAcceptRate together exceed 1: a sale ends only once")
        return self


class Ending(Enum):
    """What becomes of the answer once the sale is made."""

    ANSWER = auto()
    HANG = auto()
    DROP = auto()


@dataclass(frozen=True)
class Plan:
    """What will happen to one call.

    Attributes:
        refused: it is answered with the error status.
        fill: the share of the ordered items that is sold, or None for all of them.
    """

    switches: Switches
    refused: bool
    ending: Ending
    fill: float | None


def decide(switches: Switches, dice: Callable[[], float]) -> Plan:
    """Decides one call.

    It always throws the dice four times, so that with one seed the n-th call meets the same luck under any switches.

    Args:
        switches: how often each fault strikes.
        dice: gives a number from 0 up to, but without, 1.
    """
    error, ending, partial, fill = dice(), dice(), dice(), dice()
    return Plan(
        switches,
        refused=error < switches.error_rate,
        ending=_ending(switches, ending),
        fill=fill if partial < switches.partial_fill_rate else None,
    )


def filled(amount: int, fill: float | None) -> int:
    """How many of the ordered items are sold: fewer for a partial fill, but at least one."""
    return amount if fill is None else max(1, int(amount * fill))


def _ending(switches: Switches, thrown: float) -> Ending:
    if thrown < switches.drop_after_accept_rate:
        return Ending.DROP
    if thrown < switches.drop_after_accept_rate + switches.hang_after_accept_rate:
        return Ending.HANG
    return Ending.ANSWER
