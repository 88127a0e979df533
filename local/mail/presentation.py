"""How mails and their files are put for a reader."""

import re

from local.mail.contents import File

MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:\"|?*]")
"""Control characters, marks that reverse what is read, and what file systems refuse."""

LONGEST_NAME = 120


def safe_filename(filename: str) -> str:
    """A name that a browser can save under: no directories, no control characters, never empty or hidden."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return UNSAFE.sub("_", last).strip(" .")[-LONGEST_NAME:] or "attachment"


def media_type(file: File) -> str:
    """The file's type, or that of unknown bytes when it is not well formed."""
    return file.content_type if MEDIA_TYPE.fullmatch(file.content_type) else "application/octet-stream"


def is_viewable(content_type: str) -> bool:
    """Whether a browser may show the file in place. Only what cannot run a script in the page's name."""
    return content_type == "application/pdf"


def size_text(size: int) -> str:
    """A size in bytes, for people: 812 B, 41 kB, 1.3 MB."""
    if size < 1000:
        return f"{size} B"
    if size < 999_500:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"
