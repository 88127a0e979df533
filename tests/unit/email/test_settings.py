"""The e-mail service refuses an evidence window in which a dead recorder's event could not come back."""

import pytest

from services.common.settings import SettingsError
from services.email.settings import Settings

GOOD = {
    "SERVICE_NAME": "email", "REGION_NAME": "eu", "AWS_REGION": "eu-west-1", "LOG_LEVEL": "INFO",
    "POD_IP": "10.0.0.1", "PORT": "8080", "DATABASE_HOST": "writer.example", "DATABASE_PORT": "5432",
    "DATABASE_NAME": "cloudsales", "DATABASE_USER": "cloudsales_app", "DATABASE_CA_FILE": "/ca.pem",
    "PAYLOAD_BUCKET": "payloads", "QUEUE_URL_EMAIL": "https://q/email", "QUEUE_URL_MAIL_EVENTS": "https://q/events",
    "QUEUE_VISIBILITY_SECONDS": "60", "MAIL_SENDER": "a@b.example", "MAIL_CONFIGURATION_SET": "mail",
    "MAIL_EVIDENCE_SECONDS": "61",
}  # fmt: skip


def test_a_window_longer_than_the_visibility_is_accepted() -> None:
    assert Settings.read(GOOD).mail_evidence_seconds == 61


@pytest.mark.parametrize("seconds", ["60", "59"])
def test_a_window_not_longer_than_the_visibility_is_refused(seconds: str) -> None:
    with pytest.raises(SettingsError, match=rf"MAIL_EVIDENCE_SECONDS: .*{seconds} s is not longer than .*60 s"):
        Settings.read(GOOD | {"MAIL_EVIDENCE_SECONDS": seconds})


def test_a_faulty_visibility_is_told_as_such() -> None:
    with pytest.raises(SettingsError, match="QUEUE_VISIBILITY_SECONDS"):
        Settings.read(GOOD | {"QUEUE_VISIBILITY_SECONDS": "0"})
