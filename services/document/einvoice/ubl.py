"""The syntax of Peppol: OASIS UBL 2.1 as Peppol BIS Billing 3.0 has it, after the binding of CEN/TS 16931-3-2."""

from decimal import Decimal

from lxml import etree
from lxml.builder import ElementMaker

from services.document.einvoice.terms import ELECTRONIC_MAIL, PIECE, Account, Breakdown, Line, Party, Tax, Terms

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"
_SHARED: dict[str | None, str] = {
    "cac": f"{_SCHEMA}CommonAggregateComponents-2",
    "cbc": f"{_SCHEMA}CommonBasicComponents-2",
}
_cac, _cbc = (ElementMaker(namespace=uri, nsmap=_SHARED) for uri in _SHARED.values())
_CREDIT_NOTE = 381
_NO_ORDER_OF_THE_BUYER = "NA"
"""Where the buyer's order would stand, beside the seller's; BIS Billing 3.0 asks for these two letters."""


def ubl_of(terms: Terms) -> bytes:
    """The XML document, an Invoice or a CreditNote; equal terms give equal bytes."""
    root = _root(terms)
    root.extend(_head(terms))
    root.extend(
        [
            _cac.AccountingSupplierParty(_party(terms.seller)),
            _cac.AccountingCustomerParty(_party(terms.buyer)),
            _cac.Delivery(_cbc.ActualDeliveryDate(terms.delivered_on.isoformat())),
        ]
    )
    if terms.account:
        root.append(_payment_means(terms.account, terms.number))
    if terms.payment_terms:
        root.append(_cac.PaymentTerms(_cbc.Note(terms.payment_terms)))
    root.extend([_tax_total(terms), _monetary_total(terms)])
    root.extend(_line(terms, position, line) for position, line in enumerate(terms.lines, start=1))
    xml: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return xml


def _root(terms: Terms) -> etree._Element:
    name = "CreditNote" if terms.type_code == _CREDIT_NOTE else "Invoice"
    uri = f"{_SCHEMA}{name}-2"
    return etree.Element(f"{{{uri}}}{name}", nsmap={None: uri, **_SHARED})


def _head(terms: Terms) -> list[etree._Element]:
    credit = terms.type_code == _CREDIT_NOTE
    parts = [
        _cbc.CustomizationID(CUSTOMIZATION),
        _cbc.ProfileID(PROFILE),
        _cbc.ID(terms.number),
        _cbc.IssueDate(terms.issued_on.isoformat()),
    ]
    if terms.due_on:
        parts.append(_cbc.DueDate(terms.due_on.isoformat()))
    parts.append(_cbc("CreditNoteTypeCode" if credit else "InvoiceTypeCode", str(terms.type_code)))
    if terms.notes:
        parts.append(_cbc.Note(" ".join(terms.notes)))
    parts += [
        _cbc.DocumentCurrencyCode(terms.currency),
        _cbc.BuyerReference(terms.buyer_reference),
        _cac.OrderReference(_cbc.ID(_NO_ORDER_OF_THE_BUYER), _cbc.SalesOrderID(str(terms.order_id))),
    ]
    if terms.corrects:
        parts.append(
            _cac.BillingReference(
                _cac.InvoiceDocumentReference(
                    _cbc.ID(terms.corrects.number), _cbc.IssueDate(terms.corrects.issued_on.isoformat())
                )
            )
        )
    return parts


def _party(party: Party) -> etree._Element:
    parts = [_cbc.EndpointID(party.email, schemeID=ELECTRONIC_MAIL)] if party.email else []
    if party.identifier:
        parts.append(_cac.PartyIdentification(_cbc.ID(party.identifier)))
    parts.append(_address(party))
    if party.vat_id:
        parts.append(_cac.PartyTaxScheme(_cbc.CompanyID(party.vat_id), _scheme("VAT")))
    if party.local_tax_id:
        parts.append(_cac.PartyTaxScheme(_cbc.CompanyID(party.local_tax_id), _scheme("TAX")))
    legal = [_cbc.RegistrationName(party.name)]
    if party.legal_information:
        legal.append(_cbc.CompanyLegalForm(party.legal_information))
    return _cac.Party(*parts, _cac.PartyLegalEntity(*legal))


def _address(party: Party) -> etree._Element:
    first, second, third = (*party.address, None, None)[:3]
    parts = [_cbc.StreetName(first)]
    if second:
        parts.append(_cbc.AdditionalStreetName(second))
    if third:
        parts.append(_cac.AddressLine(_cbc.Line(third)))
    return _cac.PostalAddress(*parts, _cac.Country(_cbc.IdentificationCode(party.country)))


def _payment_means(account: Account, number: str) -> etree._Element:
    payee = [_cbc.ID(account.number), _cbc.Name(account.holder)]
    if account.bic:
        payee.append(_cac.FinancialInstitutionBranch(_cbc.ID(account.bic)))
    return _cac.PaymentMeans(
        _cbc.PaymentMeansCode(account.means), _cbc.PaymentID(number), _cac.PayeeFinancialAccount(*payee)
    )


def _tax_total(terms: Terms) -> etree._Element:
    return _cac.TaxTotal(
        _amount("TaxAmount", terms.totals.vat, terms),
        *(
            _cac.TaxSubtotal(
                _amount("TaxableAmount", group.base, terms),
                _amount("TaxAmount", group.amount, terms),
                _cac.TaxCategory(*_category(group.tax, group)),
            )
            for group in terms.breakdowns
        ),
    )


def _monetary_total(terms: Terms) -> etree._Element:
    totals = terms.totals
    return _cac.LegalMonetaryTotal(
        _amount("LineExtensionAmount", totals.net, terms),
        _amount("TaxExclusiveAmount", totals.net, terms),
        _amount("TaxInclusiveAmount", totals.gross, terms),
        _amount("PayableAmount", totals.gross, terms),
    )


def _line(terms: Terms, position: int, line: Line) -> etree._Element:
    name, quantity = (
        ("CreditNoteLine", "CreditedQuantity")
        if terms.type_code == _CREDIT_NOTE
        else ("InvoiceLine", "InvoicedQuantity")
    )
    parts = [
        _cbc.ID(str(position)),
        _cbc(quantity, str(line.quantity), unitCode=PIECE),
        _amount("LineExtensionAmount", line.net, terms),
    ]
    if line.period:
        parts.append(
            _cac.InvoicePeriod(
                _cbc.StartDate(line.period.starts_on.isoformat()), _cbc.EndDate(line.period.ends_on.isoformat())
            )
        )
    if line.allowance and line.allowance_reason:
        parts.append(
            _cac.AllowanceCharge(
                _cbc.ChargeIndicator("false"),
                _cbc.AllowanceChargeReason(line.allowance_reason),
                _amount("Amount", line.allowance, terms),
            )
        )
    return _cac(
        name,
        *parts,
        _cac.Item(_cbc.Name(line.name), _cac.ClassifiedTaxCategory(*_category(line.tax))),
        _cac.Price(_amount("PriceAmount", line.price, terms)),
    )


def _category(tax: Tax, group: Breakdown | None = None) -> list[etree._Element]:
    parts = [_cbc.ID(tax.category)]
    if tax.rate is not None:
        parts.append(_cbc.Percent(f"{tax.rate:f}"))
    if group and group.reason_code:
        parts.append(_cbc.TaxExemptionReasonCode(group.reason_code))
    if group and group.reason:
        parts.append(_cbc.TaxExemptionReason(group.reason))
    return [*parts, _scheme("VAT")]


def _scheme(name: str) -> etree._Element:
    return _cac.TaxScheme(_cbc.ID(name))


def _amount(name: str, amount: Decimal, terms: Terms) -> etree._Element:
    return _cbc(name, f"{amount:f}", currencyID=terms.currency)
