"""The Pulumi engine on a copy of a stack's settings, against the emulator, with a state that is thrown away."""

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from local.host import Cloud
from local.host.capture import ROOT
from local.host.program import execute, inside
from local.host.stack_config import read_project

PLUGINS = ROOT / "local" / "engine" / "bin"
POLICIES = ROOT / "policies"
PASSPHRASE = "for a state that is thrown away"


@cache
def home() -> Path | None:
    """The folder of whose `bin` holds `pulumi`: what `make engine` built, else what is on the PATH."""
    told = subprocess.run((ROOT / "tools" / "engine" / "build", "--where"), capture_output=True, text=True, check=True)
    built = Path(told.stdout.strip())
    if (built / "bin" / "pulumi").exists():
        return built
    found = shutil.which("pulumi")
    return Path(found).resolve().parents[1] if found else None


def changes(result: automation.UpResult | automation.DestroyResult) -> dict[str, int]:
    """How many resources changed, by what was done to them."""
    return {str(done): count for done, count in (result.summary.resource_changes or {}).items() if done != "same"}


class Engine:
    """One project under the engine.

    The program runs in this process, as the SDK's automation API has it; everything else is the engine's own: it
    starts the plugins and the policy pack, keeps the state and decides what to do.
    """

    def __init__(self, folder: Path, cloud: Cloud, root: Path = ROOT) -> None:
        self._folder = folder
        self._project = read_project(root)
        engine = home()
        assert engine is not None
        self._command = automation.PulumiCommand(str(engine))
        (folder / "state").mkdir(exist_ok=True)
        # The engine writes the salt of the stack's secrets into its settings file: it gets copies.
        for settings in root.glob("Pulumi*.yaml"):
            shutil.copy(settings, folder)
        (folder / self._project.program.relative_to(root)).mkdir(exist_ok=True)
        self._environment = {
            "PATH": f"{PLUGINS}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "LOCAL_CLOUD": json.dumps(asdict(cloud)),
        }

    def stack(self, name: str) -> automation.Stack:
        """The stack of that name, new or as it was left."""
        return automation.create_or_select_stack(
            name,
            project_name=self._project.name,
            program=self._run,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(self._folder), env_vars=self._environment, pulumi_command=self._command
            ),
        )

    def command(self, *arguments: str) -> automation.CommandResult:
        """Runs a `pulumi` command for which the automation API has no method."""
        return self._command.run(list(arguments), str(self._folder), self._environment)

    def set(self, stack: str, **settings: Any) -> None:
        """Changes values in the copy of the stack's settings; `orders__name` reaches into an object."""
        path = self._folder / f"Pulumi.{stack}.yaml"
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for target, value in settings.items():
            key, *inner = f"{self._project.name}:{target}".split("__")
            holder = document["config"]
            for step in inner:
                holder, key = holder[key], step
            holder[key] = value
        path.write_text(yaml.safe_dump(document), encoding="utf-8")

    def _run(self) -> None:
        with inside(self._project):
            execute(self._project)
