"""The mails that the sink has kept, read from its Maildir; each file is parsed once."""

import hashlib
import itertools
import json
from email import message_from_binary_file, policy
from pathlib import Path

from tests.chaos.checker import Mail

HEADER, END = b"X-SES-Envelope: ", b" }"
"""The sink's own first header, folded; its last line is the outermost brace alone."""


class Mailbox:
    """The mails of one run: those that were sent with its configuration set."""

    def __init__(self, directory: Path, configuration_set: str) -> None:
        self._directory, self._set = directory, configuration_set
        self._known: dict[str, Mail | None] = {}

    def read(self) -> list[Mail]:
        """Every mail so far."""
        for folder in ("new", "cur"):
            for path in (self._directory / folder).iterdir():
                if (name := path.name.partition(":")[0]) not in self._known:
                    self._known[name] = self._mail(path)
        return [mail for mail in self._known.values() if mail is not None]

    def _mail(self, path: Path) -> Mail | None:
        """The mail in a file; the sink keeps what SES knew of it as JSON in a first header."""
        try:
            file = path.open("rb")
        except FileNotFoundError:  # moved from `new` to `cur` while we looked
            file = (self._directory / "cur" / f"{path.name}:2,").open("rb")
        with file:
            head = list(itertools.takewhile(lambda line: line.rstrip() != END, file))
            envelope = json.loads(b"".join([*head, END]).removeprefix(HEADER))
            if envelope["configuration_set"] != self._set:
                return None
            file.seek(0)
            message = message_from_binary_file(file, policy=policy.default)
        parts = [(str(part.get_filename()), part.get_payload(decode=True)) for part in message.iter_attachments()]
        files = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in parts if isinstance(data, bytes))
        return Mail(envelope["message_id"], envelope["subject"], tuple(envelope["to"]), files)
