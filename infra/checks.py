"""How a component refuses bad arguments: every fault is found, each property is named, and all are raised at once."""

import re
from ipaddress import IPv4Network

import pulumi


def refuse_faults(component: str, **reasons: str | None) -> None:
    """Raise if any property has a reason against it.

    Args:
        component: the component whose arguments were checked.
        **reasons: for each property what is wrong with it, or None.

    Raises:
        pulumi.InputPropertiesError: at least one reason was given; the message lists all of them.
    """
    faults = [pulumi.InputPropertyErrorDetails(property_path=name, reason=why) for name, why in reasons.items() if why]
    if faults:
        listed = "; ".join(f"{fault['property_path']} {fault['reason']}" for fault in faults)
        raise pulumi.InputPropertiesError(f"{component} cannot be built: {listed}", faults)


def outside(value: int, low: int, high: int, unit: str) -> str | None:
    """Why the number is not acceptable, or None when it lies in `low..high`."""
    return None if low <= value <= high else f"must be {low} to {high} {unit}, not {value}"


def unlike(value: str, pattern: str, meaning: str) -> str | None:
    """Why the text is not acceptable, or None when the whole of it matches the pattern."""
    return None if re.fullmatch(pattern, value) else f"must be {meaning}, not {value!r}"


def subnetted(cidr: str, prefix: int) -> str | None:
    """Why the text is not a private block of addresses of that size, or None when it is."""
    try:
        block = IPv4Network(cidr)
    except ValueError:
        return f"must be a block of addresses such as 10.16.0.0/{prefix}, not {cidr!r}"
    return None if block.prefixlen == prefix and block.is_private else f"must be a private /{prefix}, not {cidr!r}"
