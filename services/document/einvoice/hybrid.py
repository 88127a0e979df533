"""What makes a PDF/A-3 file with an embedded invoice a Factur-X file: its metadata name the invoice and its profile.

The library writes that part of the metadata. It would embed the invoice too, but with the day and hour of its own
doing; the typesetter embeds it with the invoice's day, so that equal documents stay equal bytes.
"""

import io
import re

from facturx.facturx import FACTURX_FILENAME, FACTURX_LEVEL2xmp, generate_xmp_object
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import StreamObject

FILE_NAME: str = FACTURX_FILENAME

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_SCHEMAS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PACKET = re.compile(rb"(?P<head>.*?)(?P<body><x:xmpmeta.*</x:xmpmeta>)(?P<tail>.*)", re.DOTALL)
_END = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s+(\d+)\s+%%EOF\s*\Z", re.DOTALL)
_LONGEST_END = 1_000
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def with_factur_x_metadata(pdf: bytes) -> bytes:
    """The PDF/A-3 file, told to be Factur-X of the profile EN 16931; equal files give equal bytes.

    It stays as it is, with new metadata appended (an incremental update, ISO 32000-1, 7.5.6): to write a file of
    hundreds of pages anew would take longer than to typeset it.

    Raises:
        ValueError: it has no metadata of PDF/A, or does not end in a trailer with a cross-reference table.
    """
    end = _END.search(pdf, max(0, len(pdf) - _LONGEST_END))
    if end is None:
        raise ValueError("the PDF does not end in a trailer")
    number, xmp = _metadata(pdf)
    xmp = _extended(xmp)
    body = b"%d 0 obj\n<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%b\nendstream\nendobj\n" % (
        (number, len(xmp), xmp)
    )
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(pdf))
    trailer = b"trailer\n<<%b/Prev %b>>\n" % (end[1], end[2])
    return b"".join((pdf, body, table, trailer, b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + len(body))))


def _metadata(pdf: bytes) -> tuple[int, bytes]:
    """The number of the object that holds the file's metadata, and the packet."""
    found = PdfReader(io.BytesIO(pdf)).root_object.get("/Metadata")
    stream = found.get_object() if found is not None else None
    reference = stream.indirect_reference if stream is not None else None
    if not isinstance(stream, StreamObject) or reference is None:
        raise ValueError("the PDF has no metadata of its own")
    return reference.idnum, stream.get_data()


def _extended(xmp: bytes) -> bytes:
    """The packet with the extension schema among those that are declared, and the properties of that schema."""
    packet = _PACKET.fullmatch(xmp)
    root = etree.fromstring(packet["body"], _PARSER) if packet else None
    schemas = root.find(f".//{_SCHEMAS}/{_RDF}Bag") if root is not None else None
    if packet is None or root is None or schemas is None:
        raise ValueError("the PDF's metadata declare no extension schemas")
    extension = _extension()
    schemas.extend(extension.findall(f".//{_SCHEMAS}/{_RDF}Bag/{_RDF}li"))
    root.find(f"{_RDF}RDF/{_RDF}Description").extend(extension.findall(f".//{{{_FACTUR_X}}}*"))
    return b"".join((packet["head"], etree.tostring(root, encoding="UTF-8"), packet["tail"]))


def _extension() -> etree._Element:
    """The library's whole packet; only what it says of Factur-X is taken, since the file has all else already."""
    elsewhere = dict.fromkeys(("title", "author", "subject", "producer", "creator_tool", "timestamp"), "")
    return generate_xmp_object(
        {
            **elsewhere,
            "pdfa3_flavor": "B",
            "urn": _FACTUR_X,
            "documenttype": "INVOICE",
            "xml_filename": FACTURX_FILENAME,
            "version": "1.0",
            "xmp_level": FACTURX_LEVEL2xmp["en16931"],
        }
    )
