"""The paths that lead to a service."""

from services.registry import Service


def prefixes(service: Service) -> list[str]:
    """What the paths of its routes begin with, up to their first variable part."""
    return sorted({route.path.partition("/{")[0] for route in service.routes})
