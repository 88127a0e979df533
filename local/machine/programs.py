"""The programs of a run as files: one JSON file each for the leash, and supervisord's configuration made from them."""

import json
import os
import pwd
import sys
from collections.abc import Sequence
from pathlib import Path

from local.machine.layout import Layout
from local.machine.program import Program, Tier, ini, section


class ProgramStore:
    """The programs that supervisord is to run, kept so that any later command can change one tier of them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._directory = layout.state / "supervisor"
        self.configuration = self._directory / "supervisord.conf"
        self.socket = layout.runtime / "supervisor.sock"
        self.pid_file = layout.runtime / "supervisord.pid"

    def clear(self) -> None:
        """Forget every program."""
        for path in self._directory.glob("*/*.json"):
            path.unlink()

    def replace(self, tier: Tier, programs: Sequence[Program]) -> None:
        """Make these the tier's programs and write supervisord's configuration for both tiers."""
        folder = self._folder(tier)
        folder.mkdir(parents=True, exist_ok=True)
        self._layout.logs.mkdir(parents=True, exist_ok=True)
        wanted = {folder / f"{program.name}.json": program.to_json() for program in programs}
        for path in folder.glob("*.json"):
            if path not in wanted:
                path.unlink()
        for path, text in wanted.items():
            _write(path, text)
        _write(self.configuration, self._render())

    def tiers(self) -> dict[str, Tier]:
        """The tier of each program, by name."""
        return {path.stem: tier for tier in Tier for path in self._folder(tier).glob("*.json")}

    def stop_seconds(self, name: str) -> int:
        """How long the program may take to stop; 0 if there is no such program any more."""
        for path in self._directory.glob(f"*/{name}.json"):
            return int(json.loads(path.read_text())["stop_seconds"])
        return 0

    def last_pid(self) -> int | None:
        """The pid that the last supervisord wrote down and, after a crash, did not take back."""
        text = self.pid_file.read_text().strip() if self.pid_file.exists() else ""
        return int(text) if text.isdigit() else None

    def _folder(self, tier: Tier) -> Path:
        return self._directory / tier.name.lower()

    def _render(self) -> str:
        """Paths are relative to the state directory, where supervisord runs: an INI file cannot quote every path."""
        logs = self._relative(self._layout.logs)
        daemon = {
            "logfile": logs / "supervisord.log",
            "logfile_maxbytes": "1MB",
            "logfile_backups": 1,
            "pidfile": self.pid_file,
            "childlogdir": logs,
            "user": pwd.getpwuid(os.geteuid()).pw_name,
        }
        interface = {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}
        sections = [
            ini("supervisord", daemon),
            ini("unix_http_server", {"file": self.socket, "chmod": "0700"}),
            ini("rpcinterface:supervisor", interface),
        ]
        python, leash = self._relative(sys.executable), self._relative(Path(__file__).with_name("leash.py"))
        for tier in Tier:
            for path in sorted(self._folder(tier).glob("*.json")):
                command = (str(python), "-I", "-S", str(leash), str(self._relative(path)))
                sections.append(section(Program.from_json(path.read_text()), tier, command, logs))
        return "\n".join(sections)

    def _relative(self, path: str | Path) -> Path:
        return Path(os.path.relpath(path, self._layout.state))


def _write(path: Path, text: str) -> None:
    """Replace the file at once: a program may be starting from it."""
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)
