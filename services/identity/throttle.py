"""How often somebody may guess: so many attempts at once, and then one in each interval.

Counted in the database, for all pods alike (the generic cell rate algorithm: one row holds the moment at which all
attempts are free again). An attempt is paid for before it is made, so that guesses made at once count too; one that
turns out right is paid back, so that whoever signs in all day is never in their own way.
"""

import hashlib
import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.common.database import Connection, Database
from services.common.errors import CodeRefused, SignInRefused, TooManyRequests

_SWEPT_AT_ONCE = 10
"""More rows of the past than an attempt can leave: the table stays as small as the guessing is lively."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """So many attempts at once, and one more each `seconds`; `name` tells its rows from those of other limits."""

    name: str
    attempts: int
    seconds: int


@dataclass(frozen=True)
class Attempt:
    """One attempt under one limit by, or about, somebody."""

    limit: Limit
    whose: str

    @property
    def key(self) -> bytes:
        """The row's key."""
        return hashlib.sha256(f"{self.limit.name} {self.whose}".encode()).digest()


PASSWORD_OF_EMAIL = Limit("password of e-mail", attempts=10, seconds=60)
"""NIST SP 800-63B-4, 3.2.2 allows 100 failures in a row before it wants more; at this pace that takes 90 minutes."""
PASSWORD_FROM_ADDRESS = Limit("password from address", attempts=50, seconds=6)
"""A whole company may sit behind one address."""
RESET_OF_EMAIL = Limit("reset of e-mail", attempts=3, seconds=1200)
"""Each is a mail that its recipient may not have asked for."""
RESET_FROM_ADDRESS = Limit("reset from address", attempts=20, seconds=60)


class Throttle:
    """Counts attempts; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def guess(self, email: str, address: str) -> Iterator[None]:
        """Around a guess at somebody's password or code: all but a wrong one is paid back.

        Raises:
            TooManyRequests: there were too many about this person, or from this address.
            Unavailable: the database does not answer; nobody guesses uncounted.
        """
        about = Attempt(PASSWORD_OF_EMAIL, email.lower())
        with self._paid([about, Attempt(PASSWORD_FROM_ADDRESS, network_of(address))]):
            yield

    @contextmanager
    def anonymous_guess(self, address: str) -> Iterator[None]:
        """As `guess`, where nobody is named.

        Raises:
            TooManyRequests: there were too many from this address.
            Unavailable: as in `guess`.
        """
        with self._paid([Attempt(PASSWORD_FROM_ADDRESS, network_of(address))]):
            yield

    def reset(self, email: str, address: str) -> None:
        """Counts a request for a reset; it is never paid back.

        Raises:
            TooManyRequests: there were too many for this person, or from this address.
            Unavailable: as in `guess`.
        """
        self._pay([Attempt(RESET_OF_EMAIL, email.lower()), Attempt(RESET_FROM_ADDRESS, network_of(address))])

    @contextmanager
    def _paid(self, attempts: list[Attempt]) -> Iterator[None]:
        self._pay(attempts)
        wrong = False
        try:
            yield
        except (SignInRefused, CodeRefused):
            wrong = True
            raise
        finally:
            if not wrong:
                self._pay_back(attempts)

    def _pay(self, attempts: list[Attempt]) -> None:
        with self._database.transaction() as connection:
            for attempt in attempts:
                _take(connection, attempt)
            _sweep(connection)

    def _pay_back(self, attempts: list[Attempt]) -> None:
        with self._database.transaction() as connection:
            for attempt in attempts:
                connection.execute(
                    "UPDATE throttle SET used_until = used_until - make_interval(secs => %s), updated_at = now()"
                    " WHERE key = %s",
                    (attempt.limit.seconds, attempt.key),
                )


def _take(connection: Connection, attempt: Attempt) -> None:
    limit = attempt.limit
    values = {"key": attempt.key, "interval": limit.seconds, "room": (limit.attempts - 1) * limit.seconds}
    taken = connection.execute(
        """
        INSERT INTO throttle AS t (key, used_until) VALUES (%(key)s, now() + make_interval(secs => %(interval)s))
        ON CONFLICT (key) DO UPDATE
        SET used_until = greatest(t.used_until, now()) + make_interval(secs => %(interval)s), updated_at = now()
        WHERE t.used_until <= now() + make_interval(secs => %(room)s)
        RETURNING 1
        """,
        values,
    ).fetchone()
    if taken is None:
        row = connection.execute(
            "SELECT ceil(extract(epoch FROM used_until - now()))::integer - %(room)s AS seconds"
            " FROM throttle WHERE key = %(key)s",
            values,
        ).fetchone()
        seconds = max(1, row["seconds"]) if row else 1
        _log.warning("too many attempts", extra={"reason": limit.name})
        raise TooManyRequests("there were too many attempts; wait before the next one", retry_after=seconds)


def _sweep(connection: Connection) -> None:
    connection.execute(
        """
        DELETE FROM throttle WHERE key IN (
            SELECT key FROM throttle WHERE used_until < now() ORDER BY used_until LIMIT %s FOR UPDATE SKIP LOCKED
        )
        """,
        (_SWEPT_AT_ONCE,),
    )


def network_of(address: str) -> str:
    """The address as it is counted: of IPv6 the /64, in which one machine has all addresses for itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
