"""The syntax of Factur-X: UN/CEFACT Cross Industry Invoice in the profile EN 16931, as CEN/TS 16931-3-3 binds it."""

from datetime import date
from decimal import Decimal

from lxml import etree
from lxml.builder import ElementMaker

from services.document.einvoice.terms import ELECTRONIC_MAIL, PIECE, Account, Breakdown, Line, Party, Tax, Terms

GUIDELINE = "urn:cen.eu:en16931:2017"

_STANDARD = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES = {
    "rsm": f"{_STANDARD}CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_STANDARD}QualifiedDataType:100",
    "udt": f"{_STANDARD}UnqualifiedDataType:100",
}
_rsm, _ram, _qdt, _udt = (ElementMaker(namespace=uri, nsmap=_NAMESPACES) for uri in _NAMESPACES.values())
_DAY = {"format": "102"}


def cii_of(terms: Terms) -> bytes:
    """The XML document; equal terms give equal bytes."""
    root = _rsm.CrossIndustryInvoice(
        _rsm.ExchangedDocumentContext(_ram.GuidelineSpecifiedDocumentContextParameter(_ram.ID(GUIDELINE))),
        _rsm.ExchangedDocument(
            _ram.ID(terms.number),
            _ram.TypeCode(str(terms.type_code)),
            _ram.IssueDateTime(_day(terms.issued_on)),
            *(_ram.IncludedNote(_ram.Content(note)) for note in terms.notes),
        ),
        _rsm.SupplyChainTradeTransaction(
            *(_line(position, line) for position, line in enumerate(terms.lines, start=1)),
            _ram.ApplicableHeaderTradeAgreement(
                _ram.BuyerReference(terms.buyer_reference),
                _ram.SellerTradeParty(*_party(terms.seller)),
                _ram.BuyerTradeParty(*_party(terms.buyer)),
                _ram.SellerOrderReferencedDocument(_ram.IssuerAssignedID(str(terms.order_id))),
            ),
            _ram.ApplicableHeaderTradeDelivery(
                _ram.ActualDeliverySupplyChainEvent(_ram.OccurrenceDateTime(_day(terms.delivered_on)))
            ),
            _settlement(terms),
        ),
    )
    xml: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return xml


def _line(position: int, line: Line) -> etree._Element:
    settlement = [_ram.ApplicableTradeTax(*_category(line.tax))]
    if line.period:
        settlement.append(
            _ram.BillingSpecifiedPeriod(
                _ram.StartDateTime(_day(line.period.starts_on)), _ram.EndDateTime(_day(line.period.ends_on))
            )
        )
    if line.allowance and line.allowance_reason:
        settlement.append(
            _ram.SpecifiedTradeAllowanceCharge(
                _ram.ChargeIndicator(_udt.Indicator("false")),
                _ram.ActualAmount(_plain(line.allowance)),
                _ram.Reason(line.allowance_reason),
            )
        )
    settlement.append(_ram.SpecifiedTradeSettlementLineMonetarySummation(_ram.LineTotalAmount(_plain(line.net))))
    return _ram.IncludedSupplyChainTradeLineItem(
        _ram.AssociatedDocumentLineDocument(_ram.LineID(str(position))),
        _ram.SpecifiedTradeProduct(_ram.Name(line.name)),
        _ram.SpecifiedLineTradeAgreement(_ram.NetPriceProductTradePrice(_ram.ChargeAmount(_plain(line.price)))),
        _ram.SpecifiedLineTradeDelivery(_ram.BilledQuantity(str(line.quantity), unitCode=PIECE)),
        _ram.SpecifiedLineTradeSettlement(*settlement),
    )


def _party(party: Party) -> list[etree._Element]:
    tags = ("LineOne", "LineTwo", "LineThree")
    parts = [_ram.ID(party.identifier)] if party.identifier else []
    parts.append(_ram.Name(party.name))
    if party.legal_information:
        parts.append(_ram.Description(party.legal_information))
    parts.append(
        _ram.PostalTradeAddress(
            *(_ram(tag, line) for tag, line in zip(tags, party.address, strict=False)), _ram.CountryID(party.country)
        )
    )
    if party.email:
        parts.append(_ram.URIUniversalCommunication(_ram.URIID(party.email, schemeID=ELECTRONIC_MAIL)))
    if party.vat_id:
        parts.append(_ram.SpecifiedTaxRegistration(_ram.ID(party.vat_id, schemeID="VA")))
    if party.local_tax_id:
        parts.append(_ram.SpecifiedTaxRegistration(_ram.ID(party.local_tax_id, schemeID="FC")))
    return parts


def _settlement(terms: Terms) -> etree._Element:
    parts = [_ram.PaymentReference(terms.number), _ram.InvoiceCurrencyCode(terms.currency)]
    if terms.account:
        parts.append(_payment_means(terms.account))
    parts += [_breakdown(group) for group in terms.breakdowns]
    payment = [_ram.Description(terms.payment_terms)] if terms.payment_terms else []
    if terms.due_on:
        payment.append(_ram.DueDateDateTime(_day(terms.due_on)))
    parts.append(_ram.SpecifiedTradePaymentTerms(*payment))
    totals = terms.totals
    parts.append(
        _ram.SpecifiedTradeSettlementHeaderMonetarySummation(
            _ram.LineTotalAmount(_plain(totals.net)),
            _ram.TaxBasisTotalAmount(_plain(totals.net)),
            _ram.TaxTotalAmount(_plain(totals.vat), currencyID=terms.currency),
            _ram.GrandTotalAmount(_plain(totals.gross)),
            _ram.DuePayableAmount(_plain(totals.gross)),
        )
    )
    if terms.corrects:
        issued_on = _qdt.DateTimeString(f"{terms.corrects.issued_on:%Y%m%d}", _DAY)
        parts.append(
            _ram.InvoiceReferencedDocument(
                _ram.IssuerAssignedID(terms.corrects.number), _ram.FormattedIssueDateTime(issued_on)
            )
        )
    return _ram.ApplicableHeaderTradeSettlement(*parts)


def _payment_means(account: Account) -> etree._Element:
    number = _ram.IBANID(account.number) if account.is_iban else _ram.ProprietaryID(account.number)
    holder = _ram.AccountName(account.holder)
    parts = [
        _ram.TypeCode(account.means),
        _ram.PayeePartyCreditorFinancialAccount(*((number, holder) if account.is_iban else (holder, number))),
    ]
    if account.bic:
        parts.append(_ram.PayeeSpecifiedCreditorFinancialInstitution(_ram.BICID(account.bic)))
    return _ram.SpecifiedTradeSettlementPaymentMeans(*parts)


def _breakdown(group: Breakdown) -> etree._Element:
    kind, category, *rate = _category(group.tax)
    return _ram.ApplicableTradeTax(
        _ram.CalculatedAmount(_plain(group.amount)),
        kind,
        *([_ram.ExemptionReason(group.reason)] if group.reason else []),
        _ram.BasisAmount(_plain(group.base)),
        category,
        *([_ram.ExemptionReasonCode(group.reason_code)] if group.reason_code else []),
        *rate,
    )


def _category(tax: Tax) -> list[etree._Element]:
    parts = [_ram.TypeCode("VAT"), _ram.CategoryCode(tax.category)]
    if tax.rate is not None:
        parts.append(_ram.RateApplicablePercent(_plain(tax.rate)))
    return parts


def _day(day: date) -> etree._Element:
    return _udt.DateTimeString(f"{day:%Y%m%d}", _DAY)


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"
