"""What the CCP's catalogue says that ours does not: pure, so that a run can be thought through before it writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.products.ccp import Listing, Service

FEW = 5
"""Products that may vanish at once without a person: a vendor's line that ends."""


@dataclass(frozen=True)
class Known:
    """A product of ours as it stands."""

    product_id: UUID
    service_id: UUID
    vendor: str
    name: str
    description: str
    unit: str
    purchase_price: Decimal
    currency: str
    withdrawn: bool

    def says(self, service: Service) -> bool:
        """Whether we have it in the CCP's words already, prices apart."""
        ours = (self.vendor, self.name, self.description, self.unit)
        return ours == (service.vendor, service.name, service.description, service.unit)

    def costs(self, service: Service) -> bool:
        """Whether the CCP charges for it what we know."""
        return (self.purchase_price, self.currency) == (service.unit_price, service.currency)


@dataclass(frozen=True)
class Differences:
    """What a run has to do.

    Attributes:
        added: services that we do not have.
        described: products that the CCP describes otherwise now.
        charged: products that it charges otherwise now.
        withdrawn: products that it does not offer any more.
        returned: products that it offers again.
        held_back: products that it does not list, and that stay for sale until a person agrees.
    """

    added: tuple[Service, ...] = ()
    described: tuple[tuple[Known, Service], ...] = ()
    charged: tuple[tuple[Known, Service], ...] = ()
    withdrawn: tuple[Known, ...] = ()
    returned: tuple[Known, ...] = ()
    held_back: tuple[Known, ...] = ()


def differences(listing: Listing, known: Iterable[Known], *, accept_withdrawals: bool = False) -> Differences:
    """What has to be done to sell what the CCP lists.

    A product whose entry cannot be read stays as it is. While an entry cannot even be told apart, none is withdrawn,
    since it may be any of them. And no half of the catalogue vanishes at once without a person who says so: a list that
    was cut off looks the same.
    """
    ours = {product.service_id: product for product in known}
    listed = {service.id: service for service in listing.services}
    both = [(ours[service_id], service) for service_id, service in listed.items() if service_id in ours]
    missing = tuple(
        product
        for service_id, product in ours.items()
        if not product.withdrawn and service_id not in listed and service_id not in listing.unreadable
    )
    on_sale = sum(1 for product in ours.values() if not product.withdrawn)
    sure = listing.nameless == 0 and (accept_withdrawals or len(missing) <= max(FEW, on_sale // 2))
    return Differences(
        added=tuple(service for service_id, service in listed.items() if service_id not in ours),
        described=tuple((product, service) for product, service in both if not product.says(service)),
        charged=tuple((product, service) for product, service in both if not product.costs(service)),
        withdrawn=missing if sure else (),
        returned=tuple(product for product, _ in both if product.withdrawn),
        held_back=() if sure else missing,
    )
