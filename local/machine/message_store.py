"""The messages of queues in a file, so that a killed emulator loses none that it has accepted."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Messages = list[dict[str, Any]]


class MessageStore:
    """Follows the contents of queues by the ids of their messages; not to be shared between threads."""

    def __init__(self, path: Path) -> None:
        # The file has to outlive this process, not the machine: the operating system's cache is enough.
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = OFF;
            CREATE TABLE IF NOT EXISTS message (
                arrival INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL,
                UNIQUE (queue, id)
            );
            """
        )
        self._kept = {(queue, id_) for queue, id_ in self._database.execute("SELECT queue, id FROM message")}

    def keep(self, queues: Mapping[str, Messages]) -> None:
        """Write down what has been added to the queues and forget what has gone, all or nothing."""
        present = {(queue, message["id"]): message for queue, messages in queues.items() for message in messages}
        gone = self._kept - present.keys()
        added = [(*key, json.dumps(message)) for key, message in present.items() if key not in self._kept]
        if not gone and not added:
            return
        self._database.execute("BEGIN")
        self._database.executemany("DELETE FROM message WHERE queue = ? AND id = ?", gone)
        self._database.executemany("INSERT INTO message (queue, id, content) VALUES (?, ?, ?)", added)
        self._database.execute("COMMIT")
        self._kept = set(present)

    def restore(self, queue: str, remembered: Messages) -> Messages:
        """What the queue holds, in the order of arrival.

        A message that the emulator itself remembers is taken from there: only it knows how often that was received.
        """
        known = {message["id"]: message for message in remembered}
        kept = self._database.execute("SELECT id, content FROM message WHERE queue = ? ORDER BY arrival", (queue,))
        return [known[id_] if id_ in known else json.loads(content) for id_, content in kept]

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
