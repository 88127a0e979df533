"""I3 to I5: one document of each kind, numbers without a gap, and each document mailed once, as it is."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.truth import INVOICED, MAILED, Mail, Row, Snapshot


def i3(seen: Snapshot) -> Iterator[str]:
    """One document of each kind, with the bytes that the books name, and none beside."""
    counted = Counter((row["order"], row["kind"], row["revision"]) for row in seen.invoices)
    for (order, kind, revision), count in counted.items():
        if count > 1:
            yield f"I3: order {order} has {count} documents {kind} of revision {revision}"
    for row in seen.orders:
        if row["state"] in INVOICED and not counted[(row["order"], "INVOICE", 1)]:
            yield f"I3: order {row['order']} is {row['state']} and has no invoice"
    named = {row["document_path"]: row["document_sha256"] for row in seen.invoices if row["document_path"]}
    named |= {row["e_invoice_path"]: row["e_invoice_sha256"] for row in seen.invoices if row["e_invoice_path"]}
    for path, digest in named.items():
        found = seen.objects[path].sha256 if path in seen.objects else "nothing"
        if found != digest:
            yield f"I3: the document {path} is not the one of the books: {found}"
    for path in sorted(path for path in seen.objects if path.endswith((".pdf", ".xml")) and path not in named):
        yield f"I3: a second document was made: {path}"


def i4(seen: Snapshot) -> Iterator[str]:
    """Each series counts without a gap."""
    query = """
        SELECT s.series, s.last_number, array_agg(i.number ORDER BY i.number) FILTER (WHERE i.id IS NOT NULL) AS numbers
        FROM invoice_series s LEFT JOIN invoice i ON i.series = s.series GROUP BY s.series, s.last_number
    """
    for row in seen.books.rows(query):
        numbers = row["numbers"] or []
        if numbers != list(range(1, row["last_number"] + 1)):
            yield f"I4: the series {row['series']} counts to {row['last_number']} and has {len(numbers)} numbers"
    yield from _witnesses(seen)


def _witnesses(seen: Snapshot) -> Iterator[str]:
    """A number that has reached a document has its witness in S3, and no witness names another order."""
    left = {key: stored.text for key, stored in seen.objects.items() if key.startswith("numbers/")}
    for row in seen.invoices:
        key = f"numbers/{row['series']}/{row['number']}"
        holder = left.pop(key, None)
        if holder is None and row["document_path"]:
            yield f"I4: {key} has a document and no witness"
        if holder is not None and holder.split()[0] != row["order"]:
            yield f"I4: {key} was witnessed for {holder}"
    for key in left:
        yield f"I4: {key} is a witness of a number that nobody has"


def i5(seen: Snapshot) -> Iterator[str]:
    """Each document was mailed once, to its customer, as the books have it."""
    mails: dict[str, list[Mail]] = {}
    for mail in seen.books.mails():
        for name, _ in mail.files:
            mails.setdefault(name, []).append(mail)
    files = [(row, name, sha256) for row in seen.invoices for name, sha256 in _files(row).items()]
    for name in mails.keys() - {name for _, name, _ in files}:
        yield f"I5: {name} was mailed and is no invoice"
    for row, name, sha256 in files:
        sent = mails.get(name, [])
        if len(sent) > 1:
            yield f"I5: {name} was mailed {len(sent)} times"
        if row["state"] in MAILED and not sent:
            yield f"I5: order {row['order']} is {row['state']} and {name} was never mailed"
        for mail in sent:
            if mail.to != (row["email"],):
                yield f"I5: {name} went to {mail.to} instead of {row['email']}"
            if dict(mail.files)[name] != sha256:
                yield f"I5: {name} was mailed with other bytes than the books have"


def _files(row: Row) -> dict[str, str | None]:
    """The files of a document as its mail names them, with their hashes: the PDF, and the e-invoice beside it."""
    name = f"{row['kind'].lower().replace('_', '-')}-{row['invoice_number']}"
    beside = {f"{name}.xml": row["e_invoice_sha256"]} if row["e_invoice_path"] else {}
    return {f"{name}.pdf": row["document_sha256"], **beside}
