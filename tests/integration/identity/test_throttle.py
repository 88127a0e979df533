"""Guessing is slow: by whom it comes from and by whom it is about, for all pods together."""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from services.common.errors import SignInRefused, TooManyRequests, Unavailable
from services.identity.throttle import (
    PASSWORD_FROM_ADDRESS,
    PASSWORD_OF_EMAIL,
    RESET_FROM_ADDRESS,
    RESET_OF_EMAIL,
    Limit,
    Throttle,
)
from tests.integration.conftest import World
from tests.integration.identity.conftest import Desk


def an_address() -> str:
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


def wrong(throttle: Throttle, email: str, address: str) -> bool:
    """A wrong guess; whether it was refused because of those before it."""
    with pytest.raises((SignInRefused, TooManyRequests)) as problem, throttle.guess(email, address):
        raise SignInRefused("wrong")
    return isinstance(problem.value, TooManyRequests)


def assert_limited(limit: Limit, attempt: Callable[[int], bool]) -> None:
    """So many attempts as the limit says are let through, and those that came back meanwhile on a slow machine."""
    started = time.monotonic()
    taken = next(number for number in itertools.count() if attempt(number))
    assert limit.attempts <= taken <= limit.attempts + 1 + (time.monotonic() - started) / limit.seconds


def refused(answer: TestResponse, otherwise: int) -> bool:
    """Whether the attempt was one too many; if not, it was answered with that status."""
    assert answer.status_code in (429, otherwise)
    return answer.status_code == 429


def pass_time(world: World, seconds: float) -> None:
    world.admin.execute("UPDATE throttle SET used_until = used_until - make_interval(secs => %s)", (seconds,))


@pytest.fixture
def throttle(world: World) -> Throttle:
    return Throttle(world.database)


def test_wrong_passwords_for_one_person_end_in_a_wait_wherever_they_come_from(desk: Desk) -> None:
    email = desk.person()
    assert_limited(PASSWORD_OF_EMAIL, lambda _: refused(desk.sign_in(email, "Wrong-password-1!", an_address()), 401))
    last = desk.sign_in(email)
    assert last.status_code == 429
    assert 0 < int(last.headers["Retry-After"]) <= PASSWORD_OF_EMAIL.seconds
    pass_time(desk.world, PASSWORD_OF_EMAIL.seconds)
    assert desk.sign_in(email).status_code == 200


def test_somebody_whom_nobody_knows_is_guessed_at_as_slowly(desk: Desk) -> None:
    unknown = f"{uuid4()}@shop.example"
    assert_limited(PASSWORD_OF_EMAIL, lambda _: refused(desk.sign_in(unknown, address=an_address()), 401))


def test_one_address_cannot_try_one_password_on_everybody(throttle: Throttle) -> None:
    address = an_address()
    assert_limited(PASSWORD_FROM_ADDRESS, lambda number: wrong(throttle, f"{number}@shop.example", address))


def test_whoever_is_right_all_day_is_never_in_their_own_way(throttle: Throttle) -> None:
    for _ in range(3 * PASSWORD_FROM_ADDRESS.attempts):
        with throttle.guess("right@shop.example", "192.0.2.1"):
            pass


def test_being_right_now_and_then_does_not_make_room_for_guesses(throttle: Throttle) -> None:
    address = an_address()

    def guess(number: int) -> bool:
        if number % 5 == 4 and number < PASSWORD_FROM_ADDRESS.attempts:
            with throttle.guess("own@shop.example", address):
                pass
        return wrong(throttle, f"{number}@shop.example", address)

    assert_limited(PASSWORD_FROM_ADDRESS, guess)


def test_an_outage_of_the_provider_is_no_wrong_guess(throttle: Throttle) -> None:
    for _ in range(2 * PASSWORD_OF_EMAIL.attempts):
        with pytest.raises(Unavailable), throttle.guess("known@shop.example", "192.0.2.2"):
            raise Unavailable("away")


def test_guesses_made_at_once_are_all_counted(throttle: Throttle) -> None:
    email, started = f"{uuid4()}@shop.example", time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        too_many = list(threads.map(lambda number: wrong(throttle, email, f"10.0.0.{number}"), range(40)))
    back = (time.monotonic() - started) / PASSWORD_OF_EMAIL.seconds
    assert PASSWORD_OF_EMAIL.attempts <= too_many.count(False) <= PASSWORD_OF_EMAIL.attempts + 1 + back


def test_attempts_come_back_one_by_one(throttle: Throttle, world: World) -> None:
    email = f"{uuid4()}@shop.example"
    assert_limited(PASSWORD_OF_EMAIL, lambda _: wrong(throttle, email, an_address()))
    pass_time(world, 2 * PASSWORD_OF_EMAIL.seconds)
    two = replace(PASSWORD_OF_EMAIL, attempts=2)
    assert_limited(two, lambda _: wrong(throttle, email, an_address()))


def test_resets_are_few_for_a_person_and_for_an_address(desk: Desk) -> None:
    email, address = desk.person(), an_address()

    def request(whose: str, address: str) -> bool:
        return refused(desk.post("/password-reset", {"email": whose}, address=address), 202)

    assert_limited(RESET_OF_EMAIL, lambda _: request(email, an_address()))
    last = desk.post("/password-reset", {"email": email}, address=an_address())
    assert int(last.headers["Retry-After"]) > RESET_OF_EMAIL.seconds / 2
    assert_limited(RESET_FROM_ADDRESS, lambda number: request(f"{number}@shop.example", address))


def test_guessing_codes_is_guessing_too(desk: Desk) -> None:
    body = {"email": desk.person(), "code": "AAAA-AAAA-AAAA", "newPassword": "Another-horse-8-staples"}
    address = an_address()
    assert_limited(
        PASSWORD_FROM_ADDRESS, lambda _: refused(desk.post("/password-reset/confirm", body, address=address), 422)
    )


def test_nobody_keeps_a_person_from_their_reset_by_guessing_at_them(desk: Desk) -> None:
    email = desk.person()
    for _ in range(PASSWORD_OF_EMAIL.attempts + 1):
        desk.sign_in(email, "Wrong-password-1!", an_address())
    desk.post("/password-reset", {"email": email})
    body = {"email": email, "code": desk.code(email), "newPassword": "Another-horse-8-staples"}
    assert desk.post("/password-reset/confirm", body).status_code == 204


def test_made_up_refresh_tokens_are_guesses_from_an_address(desk: Desk) -> None:
    body, address = {"refreshToken": "x"}, an_address()
    assert_limited(PASSWORD_FROM_ADDRESS, lambda _: refused(desk.post("/refresh", body, address=address), 401))


def test_what_is_over_is_forgotten(throttle: Throttle, world: World) -> None:
    for _ in range(30):
        wrong(throttle, f"{uuid4()}@shop.example", an_address())
    pass_time(world, 86_400)
    for _ in range(6):
        wrong(throttle, "last@shop.example", "192.0.2.3")
    assert world.value("SELECT count(*) FROM throttle") == 2


def test_no_row_says_whose_it_is(throttle: Throttle, world: World) -> None:
    wrong(throttle, "somebody@shop.example", "192.0.2.4")
    rows = str(world.value("SELECT string_agg(t::text, ' ') FROM throttle t"))
    assert "somebody" not in rows
    assert "192.0.2.4" not in rows
