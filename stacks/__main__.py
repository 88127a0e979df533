"""The Pulumi program: builds what the stack's settings describe, a region or what all regions share."""

import sys
from pathlib import Path

# The engine starts this folder as the program; the packages beside it are found from its parent.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from stacks import region, worldwide
from stacks.schema import Settings
from stacks.settings import load

settings = load()
if isinstance(settings, Settings):
    region.build(settings)
else:
    worldwide.build(settings)
