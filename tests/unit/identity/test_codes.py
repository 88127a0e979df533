"""The mail that brings a code."""

from services.email.composition import build_message
from services.identity.codes import letter


def test_the_letter_shows_the_code_in_groups_and_says_what_to_do_if_it_was_not_them() -> None:
    mail = letter("juergen@mueller-soehne.example", "K7QD9FWX2MRT")
    assert "K7QD-9FWX-2MRT" in mail.body.split("\n\n")
    assert "30 minutes" in mail.body
    assert "If it was not you" in mail.body
    assert "K7QD" not in mail.title


def test_the_e_mail_service_takes_it() -> None:
    message = build_message(letter("juergen@mueller-soehne.example", "K7QD9FWX2MRT"), "sales@shop.example", ())
    assert message["To"] == "juergen@mueller-soehne.example"
