"""The pace from one request to the next."""

from datetime import UTC, datetime, timedelta

import pytest

from services.orchestrator.cursors import RedriveCursor
from services.orchestrator.pace import LONGEST_SECONDS, first_seconds

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "seconds"),
    [(timedelta(seconds=30), 30), (timedelta(0), 0), (-timedelta(days=9), 0), (timedelta(days=900), LONGEST_SECONDS)],
)
def test_a_request_waits_for_the_hand_overs_before_it_and_no_longer_than_a_week(
    ahead: timedelta, seconds: float
) -> None:
    assert first_seconds(RedriveCursor(paced_until=NOW + ahead), NOW) == seconds


def test_the_first_request_does_not_wait() -> None:
    assert first_seconds(None, NOW) == 0
