"""The CCP's REST API as far as licences are changed there: each method is one call, or one search."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.common.ccp.client import CcpApi, CcpOutcomeUnknown, CcpRefused, read
from services.common.ccp.transport import Deadline
from services.licensing.changes import Change

PAGE = 100
"""Changes asked for at a time."""

MAX_PAGES = 60
"""More changes than a change has licences are not made."""

Figure = Annotated[Decimal, Field(max_digits=30, ge=0)]


class _Border(BaseModel):
    """What the CCP says; it may add fields at any time, so unknown ones are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Made(_Border):
    """The CCP's answer to a return, or with its last four members to an extension."""

    transaction_id: UUID
    license_ids: tuple[UUID, ...]
    timestamp: AwareDatetime
    valid_to: date | None = None
    price_per_item: Figure | None = None
    total_price: Figure | None = None
    discount: int | None = Field(default=None, ge=0, le=100)


class Recorded(_Border):
    """One change in the CCP's ledger."""

    reference: str | None
    kind: Literal["RETURN", "EXTENSION"] | str
    answer: Made


class RecordedPage(_Border):
    """The CCP's answer to `GET /changes?reference=`."""

    changes: tuple[Recorded, ...]
    next: int | None = Field(ge=0, lt=2**63)


class LicenceDesk(CcpApi):
    """Returns and extends licences, and finds what came of it."""

    def ask(self, change: Change, license_ids: tuple[UUID, ...], renewal: int, deadline: Deadline) -> Made:
        """Has the CCP change these licences of the change, now or in an earlier call with the same key.

        Args:
            change: what is changed.
            license_ids: those that the CCP has not changed yet.
            renewal: how many changes the CCP has made for this one. It would answer the key that those were made under
                with one of them, so each leads to the next key.
            deadline: until when.

        Raises:
            CcpRefused: a 4xx that no repetition can change.
            CcpNotCalled: the CCP is not called for now.
            CcpOutcomeUnknown: no usable answer.
        """
        body: dict[str, object] = {
            "customerId": str(change.customer_id),
            "subscriptionId": str(change.subscription_id),
            "serviceId": str(change.service_id),
            "licenseIds": [str(one) for one in license_ids],
        }
        path = "/return-licenses"
        if change.extension is not None:
            body["validTo"] = change.extension.term.ends_on.isoformat()
            path = "/extend-licenses"
        name = str(change.id)
        headers = {"Idempotency-Key": f"{name}/{renewal}" if renewal else name, "Client-Reference": name}
        return read(Made, self.call("POST", path, deadline, body, headers))

    def made_for(self, change: Change, deadline: Deadline) -> tuple[Made, ...]:
        """Everything that the CCP has done under the change's reference, the oldest first.

        Raises:
            CcpNotCalled: the CCP is not called for now.
            CcpOutcomeUnknown: no usable answer.
        """
        found: list[Recorded] = []
        cursor = 0
        for _ in range(MAX_PAGES):
            page = self._page(change, cursor, deadline)
            found += page.changes
            if page.next is None or page.next <= cursor:
                break
            cursor = page.next
        if any(one.reference != str(change.id) for one in found):
            raise CcpOutcomeUnknown("the CCP lists changes under another reference than the one asked for")
        return tuple(one.answer for one in found)

    def _page(self, change: Change, cursor: int, deadline: Deadline) -> RecordedPage:
        path = f"/changes?reference={change.id}&cursor={cursor}&limit={PAGE}"
        try:
            return read(RecordedPage, self.call("GET", path, deadline))
        except CcpRefused as refusal:
            raise CcpOutcomeUnknown(f"the CCP does not tell its changes: {refusal}") from refusal
