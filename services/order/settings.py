"""What the order service is told."""

from services.common.settings import DatabaseSettings, ProcessSettings, TokenSettings


class Settings(ProcessSettings, DatabaseSettings, TokenSettings):
    """Process, database, accepted tokens, and where the CCP's API is."""

    ccp_url: str
