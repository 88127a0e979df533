"""What Aurora tells of itself holds no rows of customers that others could read."""

from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource
from policies.places import is_own_key, place_of
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.aurora_access import INSTANCE, PARAMETERS

_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
_QUOTES_NO_ROWS = {"log_error_verbosity": "terse"}


def _group(value: object = "terse", family: str = "aurora-postgresql16") -> Resource:
    parameters = [{"name": "log_error_verbosity", "value": value}]
    return sample(PARAMETERS, {"name": "shop", "family": family, "parameters": parameters}, "shop")


@RULES.resource_rule(
    name="aurora-logs-no-rows",
    types=(PARAMETERS,),
    why="The DETAIL line of an error quotes the row that broke a constraint, and with it names and licence keys; the "
    "log leaves the database for people who may not read it.",
    remedy="set the parameter log_error_verbosity to terse.",
    source="PostgreSQL documentation, error reporting and logging; this project's design",
    accepts=(_group(), _group("TERSE"), _group(None, "aurora-mysql8.0")),
    rejects={
        "parameter group 'shop' lets the log quote rows": _group("default"),
        "'shop' lets the log quote rows": _group("verbose"),
        "lets the log quote rows": sample(PARAMETERS, {"family": "aurora-postgresql16"}),
    },
)
def errors_are_terse(group: Resource) -> Iterator[str]:
    """The log of PostgreSQL names the error and quotes no row."""
    if group.text("family").startswith("aurora-mysql"):
        return
    stated = {one.get("name"): one.get("value") for one in map(mapping, listed(group.properties.get("parameters")))}
    if any(str(stated.get(name)).lower() != value for name, value in _QUOTES_NO_ROWS.items()):
        yield f"parameter group {group.name!r} lets the log quote rows"


@RULES.resource_rule(
    name="aurora-insights-cmk",
    types=(INSTANCE,),
    why="Without it nobody sees which statement holds the database up; and it keeps statements, which are customers' "
    "data, so the key has to be ours.",
    remedy="set performanceInsightsEnabled true and performanceInsightsKmsKeyId to the database's key.",
    source="CKV_AWS_353, CKV_AWS_354",
    accepts=(sample(INSTANCE, {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": _KEY}),),
    rejects={
        "instance 'one' does not tell what holds it up": sample(INSTANCE, {}, "one"),
        "does not tell what holds it up": sample(INSTANCE, {"performanceInsightsEnabled": False}),
        "instance 'two' keeps statements under a key that is not ours": sample(
            INSTANCE, {"performanceInsightsEnabled": True}, "two"
        ),
    },
)
def what_holds_it_up_is_known(instance: Resource) -> Iterator[str]:
    """The instance keeps what it was busy with, under our key."""
    if instance.properties.get("performanceInsightsEnabled") is not True:
        yield f"instance {instance.name!r} does not tell what holds it up"
    elif not is_own_key(instance.properties.get("performanceInsightsKmsKeyId"), place_of(instance)):
        yield f"instance {instance.name!r} keeps statements under a key that is not ours"
