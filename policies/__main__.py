"""Serves the rules to the Pulumi engine until it is ended."""

import sys
from pathlib import Path

# The engine runs this folder as a program: its parent, where the package lies, is not on the path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policies.serving import serve

serve()
