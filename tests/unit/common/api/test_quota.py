"""A tenant's requests are counted by themselves, and told."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.common.api.quota import Quota
from services.common.errors import TooManyRequests


def test_a_tenant_is_told_what_is_left_and_refused_beyond() -> None:
    quota = Quota(2)
    assert [quota.take("a").left for _ in range(2)] == [1, 0]
    with pytest.raises(TooManyRequests) as refused:
        quota.take("a")
    headers = refused.value.headers
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert headers["RateLimit-Policy"] == '"tenant";q=2;w=60'
    assert headers["RateLimit"] == f'"tenant";r=0;t={headers["Retry-After"]}'


def test_another_tenant_does_not_feel_it() -> None:
    quota = Quota(1)
    quota.take("a")
    assert quota.take("b").left == 0


def test_threads_together_get_no_more_than_one_alone() -> None:
    quota = Quota(50)

    def admitted(_: int) -> bool:
        try:
            quota.take("a")
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(admitted, range(200))) == 50
