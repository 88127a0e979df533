"""Two servers, of which the one that writes is killed while customers buy: whatever they were told comes true."""

import pytest

from bench.loss import lose
from tests.integration.conftest import Aws
from tests.support import pair as pairs

LAG_SECONDS = 1.5


def test_every_order_that_was_acknowledged_is_found_and_nothing_is_there_twice(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.pipeline.queues.WAIT_SECONDS", 1)
    with pairs.running() as pair:
        figures = lose(pair, aws, LAG_SECONDS)
    assert figures.lost > 0, "nothing was lost: this has shown nothing"
    assert figures.found == figures.lost == figures.restored + figures.parked
    assert figures.clean, figures
