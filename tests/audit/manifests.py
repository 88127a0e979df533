"""The manifests of every region's release, as the program declares it: `python -m tests.audit.manifests <folder>`."""

import sys
from pathlib import Path

import yaml

from local.cluster.render import RELEASE_TYPE, render
from local.host import capture
from local.host.capture import ROOT


def write(folder: Path) -> list[Path]:
    """Write one file for each stack that has a release; a stack without one has nothing to run."""
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for settings in sorted(ROOT.glob("Pulumi.*.yaml")):
        stack = settings.name.split(".")[1]
        for release in capture(stack).of_type(RELEASE_TYPE):
            path = folder / f"{stack}.yaml"
            path.write_text(yaml.safe_dump_all(render(release, ROOT / "stacks" / release.inputs["chart"])))
            written.append(path)
    return written


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        sys.stdout.write(f"{path}\n")
