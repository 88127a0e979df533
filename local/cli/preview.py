"""`preview`: what the next `up` would change in the regions, and whether the policies let it."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from local.cli.regions import homes
from local.cli.steps.region import model_file
from local.cli.storefront import Storefront
from local.host.preview import Change, Kind, preview
from local.machine.layout import layout_of
from local.overlay import overlay

SIGNS = {Kind.CREATE: "+", Kind.UPDATE: "~", Kind.REPLACE: "±", Kind.DELETE: "-"}


def show(root: Path, console: Console) -> None:
    """Tell each change with the properties that are its reason; change nothing.

    Raises:
        LocalError: the platform is not up.
        HostError: the settings or the program are wrong, or a mandatory policy is broken.
    """
    layout = layout_of(root)
    emulator = Storefront.load(layout).emulator
    for region, home in homes(layout).items():
        _tell(preview(region, overlay(home), emulator, model_file(home), root), home.region, console)


def _tell(changes: Sequence[Change], region: str, console: Console) -> None:
    if region:
        console.print(region, markup=False, highlight=False, style="bold")
    for change in changes:
        why = f"  {', '.join(change.properties)}" if change.properties else ""
        told = f"{SIGNS[change.kind]} {change.resource.type}  {change.resource.name}{why}"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(changes)} changes" if changes else "nothing would change", highlight=False)
