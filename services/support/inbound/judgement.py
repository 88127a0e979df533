"""Whether a mail may be believed and whether a person wrote it: decided without touching anything.

Everybody can write any address into `From`. It counts as the sender's if DMARC says so (RFC 7489: the domain of `From`
has signed the mail, or has sent it), or where its domain publishes no DMARC policy, if SPF passed for that very domain.
A reason never quotes the mail.
"""

from services.support.inbound.mime import Incoming
from services.support.inbound.notices import Notice

_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_MACHINES = frozenset({"mailer-daemon", "postmaster"})


def automatic(notice: Notice, mail: Incoming) -> str | None:
    """Why nobody has written the mail (RFC 3834, RFC 3464), or None: such mail is dropped, for whatever answers it
    could be answered in turn for ever.
    """
    sender = mail.sender or ""
    signs = {
        "it is a bounce": notice.mail.source in {"", "<>"},
        "it is a report on a delivery": mail.media_type == "multipart/report",
        "it was sent automatically": mail.auto_submitted not in {"", "no"},
        "it was sent to many": mail.precedence in _BULK or mail.of_a_list,
        "a mail server has sent it": sender.partition("@")[0].lower() in _MACHINES,
        "it comes from ourselves": _domain(sender) in {_domain(one) for one in notice.receipt.recipients},
    }
    return next((reason for reason, there in signs.items() if there), None)


def doubt(notice: Notice, mail: Incoming) -> str | None:
    """Why the mail is not to be believed, or None."""
    receipt = notice.receipt
    if receipt.virus_verdict.status == "FAIL":
        return "SES has found a virus in it"
    if receipt.spam_verdict.status == "FAIL":
        return "SES takes it for spam"
    if mail.sender is None:
        return "it does not name one sender"
    if receipt.dmarc_verdict.status == "PASS":
        return None
    sent_by_the_domain = receipt.spf_verdict.status == "PASS" and _domain(notice.mail.source) == _domain(mail.sender)
    if receipt.dmarc_verdict.status == "GRAY" and sent_by_the_domain:
        return None
    return "its sender cannot be proven (DMARC, SPF)"


def _domain(address: str) -> str:
    return address.strip("<> ").rpartition("@")[2].lower()
