"""The steps of `up` as they are written down, and as one run carries them out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from local.cli.progress import Step
from local.cli.run import Run, Site


@dataclass(frozen=True)
class EachRegion:
    """A step that each region takes for itself."""

    title: str
    action: Callable[[Run, Site], str | None]


@dataclass(frozen=True)
class Several:
    """A step that there is with several regions only."""

    title: str
    action: Callable[[Run], str | None]


Planned = Step[Run] | EachRegion | Several


def steps(plan: Sequence[Planned], run: Run) -> Iterator[Step[Run]]:
    """The steps for the regions of the run; with several, a title says whose it is."""
    for planned in plan:
        match planned:
            case Step():
                yield planned
            case Several(title, action):
                if len(run.sites) > 1:
                    yield Step(title, action)
            case EachRegion(title, action):
                for site in run.sites:
                    whose = f" ({site.region})" if len(run.sites) > 1 else ""
                    yield Step(title + whose, _of(site, action))


def _of(site: Site, action: Callable[[Run, Site], str | None]) -> Callable[[Run], str | None]:
    return lambda run: action(run, site)
