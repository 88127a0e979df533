"""Asking the CCP for what must be done once, when its answer may get lost."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown

Answer = TypeVar("Answer")


def ask_again(ask: Callable[[], Answer], look_and_ask: Callable[[], Answer], pause_seconds: float) -> Answer:
    """Asks, and after an unclear outcome once more, with a look first; unless the CCP wants a longer pause than ours.

    Raises:
        CcpNotCalled: nothing was asked.
        CcpOutcomeUnknown: something was asked, and it is not known what came of it.
    """
    try:
        return ask()
    except CcpNotCalled:
        raise
    except CcpOutcomeUnknown as unknown:
        if unknown.retry_in > 0:
            raise
        first = unknown
    time.sleep(random.uniform(0, pause_seconds))  # noqa: S311 - jitter, not a secret
    try:
        return look_and_ask()
    except CcpNotCalled as later:
        raise CcpOutcomeUnknown(str(first), later.retry_in) from first
