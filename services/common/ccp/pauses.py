"""The pause that the CCP has asked for with `Retry-After`, known to every process: one row in the database.

Without it each process would find out by a call of its own, and a CCP that counts calls would hear as many refusals
turned into calls as there are pods.
"""

from services.common.ccp.breaker import LONGEST_RETRY_AFTER_SECONDS
from services.common.database import Database

CCP = "ccp"


class Pauses:
    """Read before each call; written after an answer that names a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def left(self) -> float:
        """Seconds until the CCP wants to be called again; 0 if it may be now.

        Raises:
            Unavailable: the database does not answer; then nothing may be bought either.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT extract(epoch FROM until - now())::float8 AS left FROM ccp_pause WHERE ccp = %s", (CCP,)
            ).fetchone()
        return 0.0 if row is None else max(0.0, row["left"])

    def ask(self, seconds: float) -> None:
        """Nobody shall call for so long, or for as long as was asked before, but never for more than an hour."""
        with self._database.transaction() as connection:
            connection.execute(
                """
                INSERT INTO ccp_pause AS known (ccp, until) VALUES (%s, now() + make_interval(secs => %s))
                ON CONFLICT (ccp) DO UPDATE SET until = excluded.until, updated_at = now()
                    WHERE known.until < excluded.until
                """,
                (CCP, min(seconds, LONGEST_RETRY_AFTER_SECONDS)),
            )
