"""What the Data API says no with, by the names of its service model."""


class Fault(Exception):
    """The call is not answered; the text is for whoever called.

    Attributes:
        code: the error's name.
        status: of HTTP.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


def bad_request(message: str) -> Fault:
    """What is asked cannot be understood, or the login is none."""
    return Fault("BadRequestException", message)


def unavailable(cluster: str) -> Fault:
    """The cluster has no writer: it is a secondary one, or nobody answers."""
    return Fault("DatabaseUnavailableException", f"The writer instance of {cluster} isn't available.", 504)
