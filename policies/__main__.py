"""Serves the rules to the Pulumi engine; `PolicyPack` answers until it is ended, so it stands last."""

import sys
from pathlib import Path

from pulumi_policy import PolicyPack

# The engine runs this folder as a program: its parent, where the package lies, is not on the path.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policies.pack import pulumi_policies

PolicyPack("cloud-sales", pulumi_policies())
