"""`preview`: what the next `up` would change in the region, and whether the policies let it."""

from pathlib import Path

from rich.console import Console

from local.cli.run import STACK
from local.cli.steps.region import model_file
from local.cli.storefront import Storefront
from local.host.preview import Kind, preview
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
    changes = preview(STACK, overlay(layout), Storefront.load(layout).emulator, model_file(layout), root)
    for change in changes:
        why = f"  {', '.join(change.properties)}" if change.properties else ""
        told = f"{SIGNS[change.kind]} {change.resource.type}  {change.resource.name}{why}"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(changes)} changes" if changes else "nothing would change", highlight=False)
