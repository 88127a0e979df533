"""Random settings files of regions, all of them valid: made from the schema itself, section by section."""

import builtins
import json
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin
from zoneinfo import available_timezones

import yaml
from hypothesis import assume
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from local.host.capture import ROOT
from policies.places import RESIDENCES
from services.registry import SERVICES, Role
from stacks.fields import Section
from stacks.reading import SettingsError
from stacks.schema import Settings
from stacks.sections import Size
from stacks.settings import parse

WORLDWIDE = "global"
REGIONS = sorted(RESIDENCES.keys() - {WORLDWIDE})
ZONES = sorted(name for name in available_timezones() if "/" in name)
PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)
INSTANCES = [f"db.{family}.{size}" for family in ("r7g", "r8g", "r6i") for size in ("large", "xlarge", "4xlarge")]

Document = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]


def section(model: type[Section], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """Any object that the model takes; `fixed` says more than the schema can about some of its fields."""
    fields = model.model_fields.items()
    strategies = {name: fixed[name] if name in fixed else value(one.annotation, one.metadata) for name, one in fields}
    needed = {one.alias or name: strategies[name] for name, one in fields if one.is_required()}
    free = {one.alias or name: strategies[name] for name, one in fields if not one.is_required()}
    return st.fixed_dictionaries(needed, optional=free)


def value(kind: Any, limits: list[Any]) -> st.SearchStrategy[Any]:
    """Any value of the type within its limits.

    Raises:
        TypeError: the schema has a type that is not known here.
    """
    if get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        flat = [one for item in more for one in (item.metadata if isinstance(item, FieldInfo) else [item])]
        return value(inner, [*flat, *limits])
    bounds = {
        key: getattr(one, key)
        for one in limits
        for key in ("ge", "le", "min_length", "max_length", "pattern")
        if getattr(one, key, None) is not None
    }
    match get_origin(kind) or kind:
        case typing.Union | types.UnionType:
            return st.one_of(*(value(one, limits) for one in get_args(kind) if one is not types.NoneType))
        case typing.Literal:
            return st.sampled_from(get_args(kind))
        case builtins.tuple:
            least, most = bounds.get("min_length", 0), bounds.get("max_length", 3)
            return st.lists(value(get_args(kind)[0], []), min_size=least, max_size=most, unique=True)
        case builtins.int:
            return st.integers(bounds["ge"], bounds["le"])
        case builtins.str if "pattern" in bounds:
            text = st.from_regex(bounds["pattern"], fullmatch=True, alphabet=PRINTABLE)
            return text.filter(lambda one: len(one) <= bounds.get("max_length", 100))
    raise TypeError(f"{kind} is not known: say in tests/false_alarms/files.py how one is made")


@st.composite
def regions(draw: Draw) -> tuple[str, Document]:
    """A region's name, and the document of a settings file that its program takes."""
    name = draw(st.sampled_from(REGIONS))
    # What exists once outlives any region: no region stands where it does.
    place = draw(st.sampled_from(sorted(RESIDENCES[name] - {base(WORLDWIDE)["config"]["aws:region"]})))
    account = base(WORLDWIDE)["config"]["aws:allowedAccountIds"][0]
    domain = f"{name}.cloud-sales.example"
    zones = st.permutations([f"{place}{letter}" for letter in "abcdef"]).map(lambda some: sorted(some[:3]))
    roles = st.from_regex(r"[a-z][a-z0-9-]{1,30}", fullmatch=True).map(lambda r: f"arn:aws:iam::{account}:role/{r}")
    # Where the schema's patterns are wider than what there is, or two fields have to agree.
    known: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "region": {"name": st.just(name), "time_zone": st.sampled_from(ZONES)},
        "network": {"cidr": st.integers(18, 30).map(lambda part: f"10.{part}.0.0/16"), "zones": zones},
        "cluster": {"administrators": st.lists(roles, min_size=1, max_size=3, unique=True)},
        "database": {"instance_class": st.sampled_from(INSTANCES)},
        "mail": {
            "domain": st.just(domain),
            "sender": st.from_regex(r"[a-z][a-z0-9._+-]{0,20}", fullmatch=True).map(lambda who: f"{who}@{domain}"),
        },
        "ccp": {"url": st.sampled_from(["https://api.ccp.example", "https://ccp.example/v2", "http://127.0.0.1:8080"])},
    }
    config: Document = {"aws:region": place, "aws:allowedAccountIds": [account]}
    for key, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            path = f"cloud-sales:{field.alias or key}"
            config[path] = draw(section(field.annotation, **known.get(key, {})))
    config["cloud-sales:workloads"] = {service.name: size(draw, service.role) for service in SERVICES}
    try:
        parse(name, {key: one if isinstance(one, str) else json.dumps(one) for key, one in config.items()})
    except SettingsError:
        assume(False)  # two values contradict each other
    return name, {"config": config}


def size(draw: Draw, role: Role) -> Document:
    """How many pods of a workload there are, and how large they are."""
    sizes = {"cpu": st.sampled_from(["50m", "250m", "1", "1.5"]), "memory": st.sampled_from(["64Mi", "512Mi", "2Gi"])}
    stated: Document = draw(section(Size, **sizes))
    fewest, most = sorted((stated["minReplicas"], stated["maxReplicas"]))
    if role is Role.MIGRATE:
        fewest = most = 1
    return {**stated, "minReplicas": fewest, "maxReplicas": most}


def base(stack: str) -> Document:
    """A file as it stands in the repository."""
    document: Document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    return document


def project(folder: Path, name: str, document: Document) -> Path:
    """The repository's project in that folder, with this file in the place of the region's, or one more."""
    for path in ROOT.glob("Pulumi.*.yaml"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    (folder / "Pulumi.yaml").write_text(f"name: cloud-sales\nmain: {ROOT / 'stacks'}\n", encoding="utf-8")
    return folder
