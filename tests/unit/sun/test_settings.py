"""What the function is told, and what it refuses to be told."""

import json

import pytest

from services.sun.settings import Mode, SettingsError, read

REGIONS = [
    {"name": "eu", "awsRegion": "eu-west-1", "timeZone": "Europe/Dublin"},
    {"name": "apac", "awsRegion": "ap-southeast-1", "timeZone": "Asia/Singapore"},
]
GOOD = {
    "PATH": "/bin",
    "REGION_NAME": "eu",
    "SUN_TABLE": "cloud-sales-global-sun",
    "SUN_TABLE_REGION": "eu-north-1",
    "SUN_ZONE_ID": "Z1",
    "SUN_RECORD_NAME": "api.cloud-sales.example.",
    "SUN_GLOBAL_CLUSTER": "cloud-sales",
    "SUN_DATABASE_NAME": "cloudsales",
    "SUN_DATABASE_SECRET": "arn:aws:secretsmanager:eu-north-1:111122223333:secret:controller-AbCdEf",
    "SUN_REGIONS": json.dumps(REGIONS),
    "SUN_MODE": "observe",
    "SUN_PAGE_TOPIC": "arn:aws:sns:eu-west-1:111122223333:page",
}


def test_everything_is_read() -> None:
    settings = read(GOOD)
    assert settings.region is settings.regions[0]
    assert settings.mode is Mode.OBSERVE
    assert settings.record_name == "api.cloud-sales.example"
    assert [region.zone.key for region in settings.regions] == ["Europe/Dublin", "Asia/Singapore"]


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"PATH"}))
@pytest.mark.parametrize("value", [None, ""])
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    environment = {**GOOD, name: value or ""}
    if value is None:
        del environment[name]
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        read(environment)


def test_what_is_unknown_is_named() -> None:
    with pytest.raises(SettingsError, match="SUN_MODUS is not known"):
        read({**GOOD, "SUN_MODUS": "act"})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("REGION_NAME", "us", "which SUN_REGIONS does not have"),
        ("SUN_MODE", "try", "SUN_MODE"),
        ("SUN_PAGE_TOPIC", "page", "no ARN"),
        ("SUN_DATABASE_SECRET", "password", "no ARN"),
        ("SUN_REGIONS", "{", "SUN_REGIONS cannot be used"),
        ("SUN_REGIONS", "[]", "list of regions"),
        ("SUN_REGIONS", '["eu"]', "should have awsRegion, name, timeZone"),
        ("SUN_REGIONS", json.dumps([{**REGIONS[0], "weight": "1"}]), "nothing else"),
        ("SUN_REGIONS", json.dumps([{**REGIONS[0], "name": 1}]), "texts"),
        ("SUN_REGIONS", json.dumps([{**REGIONS[0], "timeZone": "Europe/Atlantis"}]), "no time zone"),
        ("SUN_REGIONS", json.dumps([REGIONS[0], REGIONS[0]]), "two regions are the same"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        read({**GOOD, name: value})
    assert name in str(refused.value)
