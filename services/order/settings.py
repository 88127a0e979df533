"""What the order service is told."""

from services.common.api.serving import ApiSettings
from services.common.settings import SecretsSettings


class Settings(ApiSettings, SecretsSettings):
    """What every REST service is told, the key that keeps secrets, and where the CCP's API is."""

    ccp_url: str
