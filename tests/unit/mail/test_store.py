import io
import mailbox
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from local.mail.envelope import EnvelopeError, seal, unseal
from local.mail.store import MailStore
from tests.unit.mail.conftest import invoice, mail


@given(st.binary(max_size=200))
def test_any_message_comes_back_byte_for_byte(raw: bytes) -> None:
    kept = mail(raw=raw)
    file = io.BytesIO(seal(kept.envelope, kept.raw))
    assert unseal(file) == kept.envelope
    assert file.read() == raw


@pytest.mark.parametrize(
    "content", [b"", b"Subject: x\n\n", b"X-SES-Envelope: {\nSubject: x\n", b"X-SES-Envelope: {\n"]
)
def test_a_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(EnvelopeError):
        unseal(io.BytesIO(content))


@pytest.mark.parametrize("message_id", ["", "../../etc/passwd", "a/b", ".hidden", "a\nb", "x" * 129])
def test_a_message_id_cannot_leave_the_store(message_id: str) -> None:
    with pytest.raises(ValidationError):
        mail(message_id)


def test_mails_are_kept_newest_first_across_a_restart(store: MailStore, tmp_path: Path) -> None:
    for number in range(3):
        kept = mail(f"id-{number}", minute=number)
        store.add(kept.envelope, kept.raw)
    again = MailStore(tmp_path / "mail")
    assert [envelope.message_id for envelope in again.envelopes()] == ["id-2", "id-1", "id-0"]
    assert again.find("id-1") == mail("id-1", minute=1)
    assert again.find("id-9") is None


def test_a_settled_mail_is_no_longer_pending_but_kept(store: MailStore) -> None:
    kept = mail()
    store.add(kept.envelope, kept.raw)
    (name,) = store.pending()
    store.settle(name)
    assert store.pending() == []
    assert store.read(name) == kept
    assert store.names() == [name]


def test_what_a_kill_left_half_written_is_not_a_mail(store: MailStore, tmp_path: Path) -> None:
    (tmp_path / "mail" / "tmp" / "1.half").write_bytes(b"X-SES-Env")
    again = MailStore(tmp_path / "mail")
    assert (again.names(), list((tmp_path / "mail" / "tmp").iterdir())) == ([], [])


def test_a_full_disk_leaves_nothing_behind(store: MailStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    kept = mail()
    with pytest.raises(OSError, match="No space"):
        store.add(kept.envelope, kept.raw)
    assert [path for path in (tmp_path / "mail").rglob("*") if stat.S_ISREG(path.stat().st_mode)] == []


def test_other_programs_can_read_the_maildir(store: MailStore, tmp_path: Path) -> None:
    kept = mail()
    store.add(kept.envelope, kept.raw)
    store.settle(store.pending()[0])
    (message,) = mailbox.Maildir(tmp_path / "mail")
    assert message["To"] == "anna@customer.example"
    assert message.as_bytes().endswith(invoice()[-40:])
