"""The environment is complete or refused by name."""

import pytest

from services.__main__ import main
from services.common.settings import DatabaseSettings, SettingsError
from services.order.settings import Settings

GOOD = {
    "SERVICE_NAME": "order",
    "REGION_NAME": "eu",
    "AWS_REGION": "eu-west-1",
    "LOG_LEVEL": "INFO",
    "POD_IP": "10.0.0.1",
    "PORT": "8080",
    "DATABASE_HOST": "writer.example",
    "DATABASE_PORT": "5432",
    "DATABASE_NAME": "cloudsales",
    "DATABASE_USER": "cloudsales_app",
    "DATABASE_CA_FILE": "/ca.pem",
    "TOKEN_ISSUERS": '[{"issuer": "https://issuer.example/pool", "clientIds": ["client"]}]',
    "TENANT_REQUESTS_PER_MINUTE": "600",
    "SECRETS_KEY_ARN": "arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
    "CCP_URL": "https://ccp.example",
}


def test_a_complete_environment_is_read() -> None:
    settings = Settings.read(GOOD)
    assert (settings.port, settings.database_host, settings.ccp_url) == (8080, "writer.example", "https://ccp.example")


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: Field required"):
        Settings.read({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "http"), ("PORT", "0"), ("LOG_LEVEL", "LOUD"), ("TOKEN_ISSUERS", "x")]
)
def test_an_unusable_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.read(GOOD | {name: value})


def test_a_process_without_its_environment_ends_with_the_reason_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in GOOD:
        monkeypatch.delenv(name, raising=False)
    assert main(["invoice", "worker"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("invoice cannot start: the environment cannot be used:")
    assert "PAYLOAD_BUCKET: Field required" in told


def test_all_faults_come_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        DatabaseSettings.read({})
    assert str(caught.value).count("Field required") == 7
