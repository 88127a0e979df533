"""Builds images as root without a daemon: by buildah, on a base that debootstrap makes in place of a registry's."""

import os
import shutil
import subprocess
from pathlib import Path

from local.host.capture import ROOT

WORK = ROOT / "build" / "image"
BASE = "localhost/python:stand-in"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")

MISSING = [tool for tool in ("buildah", "debootstrap") if shutil.which(tool) is None]
REASON = f"{' and '.join(MISSING)} must be installed" if MISSING else "only root can make a root file system"
CANNOT = bool(MISSING) or os.geteuid() != 0


class Builder:
    """A store of images of its own, below the checkout's `build/`."""

    def __init__(self, store: Path) -> None:
        self.environment = {
            **os.environ,
            "CONTAINERS_STORAGE_CONF": str(store / "storage.conf"),
            "BUILDAH_ISOLATION": "chroot",
            "BASE": BASE,
            "BUILDER": "buildah",
        }
        store.mkdir(parents=True, exist_ok=True)
        (store / "storage.conf").write_text(
            f'[storage]\ndriver = "overlay"\ngraphroot = "{store}/images"\nrunroot = "{store}/run"\n'
        )

    def buildah(self, *arguments: str) -> str:
        """What the command prints."""
        return self.must(["buildah", *arguments])

    def must(self, command: list[str]) -> str:
        """Run a command in the checkout.

        Raises:
            AssertionError: it failed; carries what it said last.
        """
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=1800
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{(done.stdout + done.stderr)[-3000:]}"
        return done.stdout.strip()

    def base(self) -> None:
        """Make the base image: Debian, its Python, and the authorities that this machine trusts."""
        files = WORK / "base"
        if not (files / "usr" / "bin" / "python3.11").exists():
            shutil.rmtree(files, ignore_errors=True)
            packages = "python3,python3-venv,ca-certificates"
            self.must(["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(files)])
        shutil.copyfile(AUTHORITIES, files / "etc/ssl/certs/ca-certificates.crt")
        container = self.buildah("from", "scratch")
        self.buildah("add", "-q", container, str(files), "/")
        self.buildah("config", "--env", f"PIP_CERT={AUTHORITIES}", container)
        self.buildah("commit", "-q", "--rm", container, BASE)
