"""The currencies of ISO 4217 and how many decimals each one has."""

_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"

_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS
    KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""

_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

_DECIMALS = {
    code: decimals
    for decimals, codes in ((0, _NO_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS))
    for code in codes.split()
}


class UnknownCurrencyError(ValueError):
    """The code is no currency of ISO 4217."""


def decimals_of(currency: str) -> int:
    """How many decimals amounts of the currency have: 2 for EUR, 0 for JPY, 3 for KWD.

    Raises:
        UnknownCurrencyError: ISO 4217 has no such currency.
    """
    try:
        return _DECIMALS[currency]
    except KeyError:
        raise UnknownCurrencyError(
            f"currency {currency!r} is not in ISO 4217: use three capital letters such as 'EUR'"
        ) from None
