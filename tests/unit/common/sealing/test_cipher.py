"""A sealed secret opens for its own row, with its own key, as it was sealed; anything else is no secret of ours."""

import os
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.sealing.cipher import NONCE_BYTES, DataKey, NotGenuine, Sealed

KEY = DataKey(uuid4(), os.urandom(32))
HERE = "license/1/2"
SEALED = KEY.seal(b"7QWRX-M2K9P", HERE)


@given(st.binary(max_size=300), st.text(max_size=60))
def test_what_is_sealed_opens_again(secret: bytes, bound_to: str) -> None:
    assert KEY.open(KEY.seal(secret, bound_to), bound_to) == secret


def test_the_same_secret_is_sealed_differently_each_time_and_never_in_clear() -> None:
    sealed = {KEY.seal(b"7QWRX-M2K9P", HERE).ciphertext for _ in range(100)}
    assert len({each[:NONCE_BYTES] for each in sealed}) == len(sealed) == 100
    assert not any(b"7QWRX" in each for each in sealed)


@given(st.integers(0, len(SEALED.ciphertext) - 1), st.integers(1, 255))
def test_an_altered_byte_is_noticed_wherever_it_is(place: int, change: int) -> None:
    altered = bytearray(SEALED.ciphertext)
    altered[place] ^= change
    with pytest.raises(NotGenuine):
        KEY.open(Sealed(KEY.id, bytes(altered)), HERE)


@given(st.integers(0, len(SEALED.ciphertext) - 1))
def test_what_is_cut_off_is_noticed(length: int) -> None:
    with pytest.raises(NotGenuine):
        KEY.open(Sealed(KEY.id, SEALED.ciphertext[:length]), HERE)


@pytest.mark.parametrize("elsewhere", ["license/1/3", "license/3/2", "answer/1/2", "", HERE + " "])
def test_it_does_not_open_in_another_row_or_for_another_customer(elsewhere: str) -> None:
    with pytest.raises(NotGenuine):
        KEY.open(SEALED, elsewhere)


def test_another_data_key_does_not_open_it() -> None:
    with pytest.raises(NotGenuine):
        replace(KEY, secret=os.urandom(32)).open(SEALED, HERE)


def test_a_refusal_and_a_data_key_tell_no_secret() -> None:
    with pytest.raises(NotGenuine) as refused:
        KEY.open(SEALED, "elsewhere")
    for told in (str(refused.value), repr(refused.value), repr(KEY), str(KEY)):
        assert KEY.secret.hex() not in told
        assert repr(KEY.secret)[2:-1] not in told
