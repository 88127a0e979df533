"""One image, many roles: `python -m services <service> <role>`."""

import importlib
import sys

from services.common import faults
from services.common.settings import FaultSettings, SettingsError
from services.registry import SERVICES


def main(arguments: list[str]) -> int:
    """Starts the role's composition root and returns the process's exit status."""
    known = {(service.package, service.role.value) for service in SERVICES}
    if len(arguments) != 2 or (arguments[0], arguments[1]) not in known:
        choices = "\n".join(f"  python -m services {name} {role}" for name, role in sorted(known))
        sys.stderr.write(f"usage: python -m services <service> <role>, one of\n{choices}\n")
        return 2
    service, role = arguments
    root = importlib.import_module(f"services.{service}.{role}")
    try:
        faults.arm(FaultSettings.read())
        status: int = root.main()
    except SettingsError as fault:
        sys.stderr.write(f"{service} cannot start: {fault}\n")
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
