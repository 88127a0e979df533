"""Who an access token speaks for."""

from dataclasses import dataclass
from uuid import UUID

from services.common.errors import Forbidden


@dataclass(frozen=True)
class Principal:
    """The authenticated caller: a person, or a service that calls for itself.

    Attributes:
        user: the identity provider's immutable id of the person; None for a service.
        groups: what the identity provider counts the person among.
        client_id: the client that the token was given to; it is what tells one service from another.
        scopes: what the client may do.
    """

    user: UUID | None
    groups: frozenset[str] = frozenset()
    client_id: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def subject(self) -> UUID:
        """The person's id.

        Raises:
            Forbidden: a service calls; where only people have business, this alone keeps it out.
        """
        if self.user is None:
            raise Forbidden("this is for people, and a service calls")
        return self.user
