"""The code of a function: the modules that its handler imports, found by reading them, and nothing else.

What is uploaded is then as small as it can be, changes when one of these modules does and at no other time, and what
its runtime lacks is found when the function is declared, not when it first runs.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import pulumi

from infra.checks import refuse_faults

RUNTIME = frozenset({"boto3", "botocore"})
"""What AWS's Python runtime has beside the standard library."""


def function_code(root: Path, handler: str, time_zones: Collection[str] = ()) -> pulumi.AssetArchive:
    """The archive of a function, each file under the path by which it is imported.

    Args:
        root: the directory from which `handler` is imported.
        handler: the dotted path of the function, `package.module.function`.
        time_zones: the zones that it asks for; the runtime brings no data of any.

    Raises:
        pulumi.InputPropertiesError: there is no such handler, it imports what it would not find, or a zone is unknown.
    """
    module, _, name = handler.rpartition(".")
    sources = _closure(root, module)
    main = _source(root, module)
    functions = sources[main].functions if main else frozenset()
    missing = sorted({one for source in sources.values() for one in source.imports if _lacks(root, one)})
    zones = {zone: _zone(zone) for zone in time_zones}
    unknown = sorted(zone for zone, path in zones.items() if path is None)
    refuse_faults(
        "FunctionCode",
        handler=None if name in functions else f"must be a function in a module of {root.name}, not {handler!r}",
        imports=f"must be our own or of the runtime: {', '.join(missing)}" if missing else None,
        time_zones=f"must be names of tzdata, not {', '.join(unknown)}" if unknown else None,
    )
    found = {path.relative_to(root).as_posix(): path for path in sources}
    found |= {path.relative_to(_tzdata().parent).as_posix(): path for path in _zone_files(zones.values())}
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(found[name])) for name in sorted(found)})


@dataclass(frozen=True)
class _Source:
    """What there is to know of a file: which functions it defines, and what it imports."""

    functions: frozenset[str]
    imports: tuple[str, ...]


def _read(path: Path) -> _Source:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    functions = frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))
    return _Source(functions, tuple(_imported(tree)))


def _closure(root: Path, module: str) -> dict[Path, _Source]:
    """The source files that are read when the module is imported, each of them read once."""
    found: dict[Path, _Source] = {}
    waiting = [module]
    while waiting:
        current = waiting.pop()
        for name in _with_packages(current):
            path = _source(root, name)
            if path is not None and path not in found:
                found[path] = _read(path)
                waiting.extend(found[path].imports)
    return found


def _with_packages(module: str) -> Iterator[str]:
    steps = module.split(".")
    return (".".join(steps[:end]) for end in range(1, len(steps) + 1))


def _source(root: Path, module: str) -> Path | None:
    path = root.joinpath(*module.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _imported(tree: ast.Module) -> Iterator[str]:
    """What a file imports; a name taken from a package may be a module of it."""
    for statement in _executed(tree):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            # The dots stay before a relative one, which then is refused: nothing here is imported that way.
            home = "." * statement.level + (statement.module or "")
            yield home
            yield from (f"{home}.{alias.name}" for alias in statement.names)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """All of the tree but what only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            continue
        yield child
        yield from _executed(child)


def _lacks(root: Path, module: str) -> bool:
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names | RUNTIME and _source(root, top) is None


def _tzdata() -> Path:
    with as_file(files("tzdata")) as folder:
        return folder


def _zone(name: str) -> Path | None:
    path = _tzdata() / "zoneinfo" / name
    return path if re.fullmatch(r"[\w+-]+(/[\w+-]+)*", name) and path.is_file() else None


def _zone_files(zones: Collection[Path | None]) -> Iterator[Path]:
    """The zones' data, and the modules of the packages in which `zoneinfo` looks for it."""
    for zone in filter(None, zones):
        yield zone
        for folder in zone.parents:
            yield folder / "__init__.py"
            if folder == _tzdata():
                break
