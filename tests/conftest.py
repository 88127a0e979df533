"""Which tests go to the same worker: those that share something dear to set up. And how long a random one may take."""

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer

# A machine that is busy with something else is no fault of a test.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

WHOLE_FOLDERS = ("tests/chaos/", "tests/e2e/")
"""Each has one platform or bed for all its files."""


class BySetUp(LoadScopeScheduling):  # type: ignore[misc] # the library is untyped
    """Keeps a file together, and the files of a folder that shares a platform.

    The mark `xdist_group` would say the same, but has no effect between pytest 9.2 and pytest-xdist 3.8
    (pytest-dev/pytest-xdist#1386): each worker had a platform of its own.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in WHOLE_FOLDERS if nodeid.startswith(folder)), nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: "pytest.Config", log: "Producer") -> BySetUp:
    """The scheduler of `-n`."""
    return BySetUp(config, log)
