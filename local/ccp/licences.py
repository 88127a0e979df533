"""Changing licences that were sold: the one place where a request becomes a return or an extension."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from local.ccp.answer import timestamp, to_json
from local.ccp.catalogue import Catalogue, Product
from local.ccp.errors import LicenseReturnedError, NotFoundError, UnknownLicenseError, UnknownServiceError
from local.ccp.faults import Plan, filled
from local.ccp.keys import Keys
from local.ccp.ledger import Change, Ledger, License
from local.ccp.orders import Claim, Extension, LicenceRequest
from local.ccp.pricing import price_of_days

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Changed:
    """The outcome of a request; `replayed` when an earlier call had made the change."""

    change: Change
    replayed: bool


class Licences:
    """Takes licences back and lets them run longer, and keeps the ledger of it."""

    def __init__(self, catalogue: Catalogue, ledger: Ledger) -> None:
        self.ledger = ledger
        self._catalogue = catalogue
        self._keys = Keys()

    def change(self, request: LicenceRequest, claim: Claim, plan: Plan) -> Changed:
        """Makes the change, or finds the one that was made under the same idempotency key.

        Raises:
            UnknownServiceError: the catalogue has no such service.
            UnknownLicenseError: a licence is none of the customer's, of that service and in that subscription.
            LicenseReturnedError: a licence was given back before.
            KeyReusedError: the key came before with another request.
            KeyInFlightError: another call holds the key.
        """
        change, replayed = self._keys.once(
            claim, plan, request.canonical, self.ledger.first_change_with_key, lambda: self._make(request, claim, plan)
        )
        return Changed(change, replayed)

    def find(self, transaction_id: str) -> Change:
        """The change of that transaction.

        Raises:
            NotFoundError: there is none.
        """
        found = self.ledger.find_change(transaction_id)
        if found is None:
            raise NotFoundError(f"there is no change with the transaction {transaction_id}")
        return found

    def _make(self, request: LicenceRequest, claim: Claim, plan: Plan) -> Change:
        product = self._catalogue.get(request.service_id)
        if product is None:
            raise UnknownServiceError(
                f"the catalogue has no service {request.service_id}; GET /services lists what it has"
            )
        asked = [str(one) for one in request.license_ids]
        ids = asked[: filled(len(asked), plan.fill)]
        transaction_id, now = str(uuid4()), timestamp(datetime.now(UTC))
        with self.ledger.alone() as books:
            known = books.licences(asked)
            for one in asked:
                _check(request, one, known.get(one))
            terms: Mapping[str, object] = {}
            if isinstance(request, Extension):
                terms = _price([known[one] for one in ids], request.valid_to, product)
                books.extend(ids, request.valid_to.isoformat())
            else:
                books.give_back(ids, now)
            change = Change(
                transaction_id=transaction_id,
                kind=type(request).__name__.upper(),
                idempotency_key=claim.key,
                reference=claim.reference,
                customer_id=str(request.customer_id),
                request=request.canonical,
                answer=to_json({"transactionId": transaction_id, "licenseIds": ids, **terms, "timestamp": now}),
            )
            books.changes.add(change)
        log.info("%s of %d of %d, transaction %s", change.kind, len(ids), len(asked), transaction_id)
        return change


def _check(request: LicenceRequest, license_id: str, known: License | None) -> None:
    owner = (str(request.customer_id), str(request.subscription_id), str(request.service_id))
    if known is None or (known.customer_id, known.subscription_id, known.service_id) != owner:
        raise UnknownLicenseError(f"the customer has no licence {license_id} of this service in this subscription")
    if known.returned_at is not None:
        raise LicenseReturnedError(f"the licence {license_id} was given back at {known.returned_at}")


def _price(licences: Sequence[License], valid_to: date, product: Product) -> dict[str, object]:
    """What the days cost that come to each licence; those that it runs already cost nothing again."""
    cost = price_of_days(
        product.unit_price, [max(0, (valid_to - date.fromisoformat(one.valid_to)).days) for one in licences]
    )
    return {
        "validTo": valid_to.isoformat(),
        "pricePerItem": cost.per_item,
        "totalPrice": cost.total,
        "discount": cost.discount,
    }
