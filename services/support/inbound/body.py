"""A mail as a case's message."""

import re

from services.support.inbound.mime import Incoming
from services.support.quoting import own_words

LONGEST = 10_000
"""Characters that a message of a case has at most, also one that is written in the API."""
_CUT = "[The mail was longer; the rest of it is not kept.]"
_UNREADABLE = re.compile("[^\\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""Line ends of all kinds are line feeds by then; the rest neither shows nor belongs into a text."""


def body_of(mail: Incoming) -> str:
    """What the person has written, with a word on what is left out; empty if they have written and sent nothing."""
    notes = [_left_out(mail.attachments)] if mail.attachments else []
    text = _UNREADABLE.sub(" ", own_words(mail.text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len("\n\n".join([text, *notes])) > LONGEST:
        notes = [_CUT, *notes]
        text = text[: LONGEST - len("\n\n".join(["", *notes]))].rstrip()
    return "\n\n".join([text, *notes] if text else notes)


def _left_out(attachments: int) -> str:
    return f"[The mail came with {attachments} attachment{'s' * (attachments > 1)}, which cases do not keep.]"
