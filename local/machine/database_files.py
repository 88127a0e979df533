"""A PostgreSQL cluster's data directory: made, copied, and told who may connect."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from local.machine.errors import LocalError
from local.machine.privileges import DatabaseHome, caller, give, group_of


def initialise(home: DatabaseHome, superuser: str) -> None:
    """An empty cluster.

    Raises:
        LocalError: `initdb` failed.
    """
    users = ("-U", superuser, "--auth=peer", "--encoding=UTF8", "--data-checksums")
    _draw_up(home, "initdb", *users, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def copy(home: DatabaseHome, leader: Path, port: int, superuser: str) -> None:
    """A copy of the cluster whose socket is in that directory.

    Raises:
        LocalError: the copy failed.
    """
    source = ("-h", str(leader), "-p", str(port), "-U", superuser)
    _draw_up(home, "pg_basebackup", *source, "--checkpoint=fast", "--no-sync")


def say_who_connects(home: DatabaseHome, roles: Sequence[str]) -> None:
    """The caller, in any of the roles; the server's own user in the first, to copy and to follow another server."""
    users = [(caller(), role) for role in roles]
    own = [] if home.user is None else [(home.user, roles[0])]
    peers = "".join(f"cloudsales {user} {role}\n" for user, role in (*users, *own))
    rules = "".join(f"local {database} all peer map=cloudsales\n" for database in ("all", "replication"))
    for name, text in (("pg_hba.conf", rules), ("pg_ident.conf", peers)):
        path = home.data / name
        path.write_text(text)
        give(path, home)


def _draw_up(home: DatabaseHome, program: str, *arguments: str) -> None:
    """Built beside its place and moved there when it is whole: what is interrupted leaves nothing to stumble over."""
    draft = home.data.with_name(f"{home.data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, home)
    done = subprocess.run(
        [str(home.binaries / program), "-D", str(draft), *arguments],
        cwd=draft,
        env={"TZ": "UTC"},
        user=home.user,
        group=group_of(home),
        extra_groups=None if home.user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LocalError(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")
    draft.rename(home.data)
