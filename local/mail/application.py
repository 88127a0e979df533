"""The parts put together: one process, two addresses, and the publisher beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.mail.clients import Clients
from local.mail.delivery import Delivery
from local.mail.emulator import Emulator
from local.mail.front import create_front
from local.mail.page import create_page
from local.mail.publisher import Publisher
from local.mail.receipt import Receipt
from local.mail.settings import Settings
from local.mail.store import MailStore
from local.serving import Address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class ByAddress:
    """Leads a request to the application of the socket that it came in by, whatever its `Host` header says."""

    applications: "dict[Address, WSGIApplication]"

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answers one request."""
        address = Address(environ["SERVER_NAME"], int(environ["SERVER_PORT"]))
        return self.applications[address](environ, start_response)


def build(settings: Settings) -> "WSGIApplication":
    """Opens the store, starts the publisher and builds both applications; to be called in the process that serves."""
    store = MailStore(settings.store)
    clients = Clients(settings.emulator)
    publisher = Publisher(store, clients.publish)
    publisher.start()
    delivery = Delivery(store, clients.topics, publisher.wake)
    receipt = Receipt(clients.receipt_rules, clients.lay, clients.publish)
    return ByAddress(
        {
            settings.api: create_front(Emulator(settings.emulator), delivery),
            settings.page: create_page(store, settings.page.host, receipt),
        }
    )
