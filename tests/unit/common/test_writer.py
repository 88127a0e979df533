"""What a transaction may do on the server that it has met."""

import pytest

from services.common.writer import Admission, Purpose, Verdict, Writer, judge

EVERYBODY = pytest.mark.parametrize("purpose", Purpose)


@EVERYBODY
def test_an_open_writer_of_this_epoch_or_a_later_one_takes_everything(purpose: Purpose) -> None:
    assert judge(Writer(7, Admission.OPEN, refuses=False), 7, purpose) is Verdict.GO
    assert judge(Writer(8, Admission.OPEN, refuses=False), 7, purpose) is Verdict.GO


@EVERYBODY
@pytest.mark.parametrize("admission", Admission)
def test_a_server_of_an_earlier_epoch_is_left_whatever_it_says(purpose: Purpose, admission: Admission) -> None:
    assert judge(Writer(6, admission, refuses=False), 7, purpose) is Verdict.LEAVE


@EVERYBODY
def test_a_server_that_takes_no_writes_is_left(purpose: Purpose) -> None:
    assert judge(Writer(7, Admission.OPEN, refuses=True), 7, purpose) is Verdict.LEAVE


@pytest.mark.parametrize(
    ("admission", "purpose", "verdict"),
    [
        (Admission.DRAINING, Purpose.WORK, Verdict.WAIT),
        (Admission.DRAINING, Purpose.RECORD, Verdict.GO),
        (Admission.DRAINING, Purpose.READ, Verdict.GO_READING),
        (Admission.CLOSED, Purpose.WORK, Verdict.WAIT),
        (Admission.CLOSED, Purpose.RECORD, Verdict.WAIT),
        (Admission.CLOSED, Purpose.READ, Verdict.GO_READING),
    ],
)
def test_what_is_admitted_on_the_way_to_a_switch(admission: Admission, purpose: Purpose, verdict: Verdict) -> None:
    assert judge(Writer(7, admission, refuses=False), 7, purpose) is verdict
