"""Invoices and credit notes of every kind that a seller may send, for Hypothesis to draw from."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import strategies as st

from services.invoice.composition import SoldItem
from services.invoice.credit import Pieces
from services.manifests.credit_note import CreditNoteDocument, remaining
from services.manifests.invoice_document import BankAccount, Buyer, InvoiceDocument, Proration, Seller, ServicePeriod
from tests.support.credits import credit_note
from tests.support.invoices import DAY, EUROPE, SINGAPORE, buyer, invoice
from tests.support.vat_ids import VAT_IDS

NAMES = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="\u00ad"), min_size=1, max_size=60
).filter(lambda name: name.strip() != "")
PRICES = st.decimals(0, 10_000, places=4, allow_nan=False, allow_infinity=False)


@st.composite
def prorations(draw: st.DrawFn, within: Proration | None = None) -> Proration:
    """Some days of a term; of the same term, and no more than were charged, if that is told."""
    term = within.term_days if within else draw(st.sampled_from([28, 30, 31, 90, 365, 366]))
    return Proration(days=draw(st.integers(0, within.days if within else term)), term_days=term)


@st.composite
def items(draw: st.DrawFn) -> SoldItem:
    """Pieces at a price, for a full term or a part of it."""
    proration = draw(st.none() | prorations())
    period = None
    if draw(st.booleans()):
        start = DAY + timedelta(days=draw(st.integers(-400, 400)))
        period = ServicePeriod(starts_on=start, ends_on=start + timedelta(days=draw(st.integers(0, 400))))
    return SoldItem(draw(NAMES), draw(st.integers(1, 50)), draw(PRICES), period, proration)


@st.composite
def sellers_in_the_eu(draw: st.DrawFn) -> Seller:
    country = draw(st.sampled_from(sorted(VAT_IDS)))
    bank = draw(st.sampled_from([EUROPE.bank, BankAccount(name="Bank", account_number="12-34/5"), None]))
    return Seller(
        name=draw(NAMES),
        address=EUROPE.address,
        country=country,
        vat_id=VAT_IDS[country],
        registration=draw(st.none() | NAMES),
        email=draw(st.none() | st.just("billing@seller.example")),
        bank=bank,
    )


@st.composite
def buyers(draw: st.DrawFn) -> Buyer:
    """Businesses in the EU with and without a VAT id, and outside of it."""
    country = draw(st.sampled_from([*sorted(VAT_IDS), "SG", "JP", "US", "CH", "TH"]))
    vat_id = draw(st.sampled_from([None, VAT_IDS.get(country, "12-345678")]))
    address = tuple(draw(st.lists(NAMES, min_size=1, max_size=6)))
    return buyer(draw(NAMES), country, vat_id, address)


@st.composite
def invoices(draw: st.DrawFn, sellers: st.SearchStrategy[Seller]) -> InvoiceDocument:
    """Any invoice of such a seller, in currencies with two and no decimals."""
    sold = tuple(draw(st.lists(items(), min_size=1, max_size=4)))
    currency = draw(st.sampled_from(["EUR", "SEK", "JPY"]))
    return invoice(draw(buyers()), seller=draw(sellers), items=sold, currency=currency)


@st.composite
def credits_of(
    draw: st.DrawFn, of: InvoiceDocument, earlier: Sequence[CreditNoteDocument] = ()
) -> CreditNoteDocument | None:
    """Any credit note that the invoice can still have; None if nothing is left of it."""
    left = {position: pieces for position, pieces in remaining(of, earlier).items() if pieces}
    if not left:
        return None
    taken = {}
    for position in draw(st.sets(st.sampled_from(sorted(left)), min_size=1)):
        charged = of.lines[position - 1].proration
        whole = Proration(days=365, term_days=365)
        proration = draw(st.none() | prorations(within=charged or whole))
        taken[position] = Pieces(draw(st.integers(1, left[position])), proration)
    return credit_note(of, taken, earlier, reason=draw(NAMES))


@st.composite
def documents(draw: st.DrawFn, sellers: st.SearchStrategy[Seller]) -> InvoiceDocument | CreditNoteDocument:
    """An invoice of such a seller, or one of the credit notes that it has got."""
    of = draw(invoices(sellers))
    notes: list[CreditNoteDocument] = []
    for _ in range(draw(st.integers(0, 2))):
        note = draw(credits_of(of, notes))
        if note is None:
            break
        notes.append(note)
    return notes[-1] if notes else of


EU_DOCUMENTS = documents(sellers_in_the_eu())
APAC_DOCUMENTS = documents(
    st.sampled_from([SINGAPORE, SINGAPORE.model_copy(update={"registration": "UEN 201912345K"})])
)
