from collections.abc import Iterator

import pytest

from services.common.tokens import TokenVerifier
from tests.support.issuer import TestIssuer, running_issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[TestIssuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def verifier(issuer: TestIssuer) -> TokenVerifier:
    return TokenVerifier(issuer.settings())
