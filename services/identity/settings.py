"""What the identity service is told."""

from services.common.api.serving import ApiSettings
from services.common.settings import DirectorySettings, TokenSettings


class SignInSettings(TokenSettings, DirectorySettings):
    """The user pool whose people sign in: the first of the accepted issuers."""

    @property
    def client_id(self) -> str:
        """The client through which people sign in."""
        return self.token_issuers[0].client_ids[0]


class Settings(ApiSettings, SignInSettings):
    """A REST service's settings, and where people sign in."""
