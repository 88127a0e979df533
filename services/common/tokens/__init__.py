"""Access tokens: who is calling, or a refusal.

Algorithm, issuers and the addresses of their keys are fixed by configuration: nothing that a token says changes them.
And a token passes in one spelling only: whoever alters a single character of it is refused.
"""

from services.common.tokens.claims import CLOCK_LEEWAY_SECONDS, MAX_LIFETIME_SECONDS
from services.common.tokens.principal import Principal
from services.common.tokens.verifier import TokenVerifier

__all__ = ["CLOCK_LEEWAY_SECONDS", "MAX_LIFETIME_SECONDS", "Principal", "TokenVerifier"]
