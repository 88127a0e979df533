"""The Pulumi program: builds the region that the stack's settings describe."""

import sys
from pathlib import Path

# The engine starts this folder as the program; the packages beside it are found from its parent.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from stacks.region import build
from stacks.settings import load

build(load())
