"""`make up` on an empty machine: the first order becomes an e-mailed invoice, through real parts only."""

import email
import email.policy
from io import BytesIO

import pytest
from pypdf import PdfReader

from local import seed
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e


def first_invoice(platform: Platform, customer: seed.DemoCustomer) -> email.message.EmailMessage:
    """The oldest mail with a document: other tests may have written to the customer before."""
    for kept in reversed(platform.mails(customer.email)):
        mail = email.message_from_bytes(platform.raw_mail(kept["id"]), policy=email.policy.default)
        if any(mail.iter_attachments()):
            return mail
    raise LookupError(f"{customer.email} has got no document")


def test_up_tells_how_the_first_order_went(platform: Platform) -> None:
    for part in ("reserved", "sold by the CCP", "invoiced EU-000001", "rendered as PDF", "mailed"):
        assert part in platform.printed


def test_the_mail_carries_the_numbered_invoice(platform: Platform, people: dict[str, seed.DemoCustomer]) -> None:
    customer = people[seed.FIRST_CUSTOMER]
    mail = first_invoice(platform, customer)
    assert mail["To"] == customer.email
    assert "EU-000001" in mail["Subject"]
    [attachment] = mail.iter_attachments()
    assert attachment.get_filename() == "invoice-EU-000001.pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(attachment.get_content())).pages)
    for expected in (
        "EU-000001",
        customer.company,
        customer.vat_id,
        "Nimbus Office Business",
        "41.43",
        "Reverse charge",
    ):
        assert expected in text, text


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("balkan", "БалканскиСофтуерООД"),
        ("sakura", "さくら商事株式会社"),
        ("huaxia", "华夏云计算有限公司"),
        # The reader does not put Thai's composed glyphs together again, so only the plain ones are compared.
        ("siam", "สยามด"),
    ],
)
def test_every_script_prints(platform: Platform, people: dict[str, seed.DemoCustomer], key: str, printed: str) -> None:
    customer = people[key]
    platform.checkout.must("order", "--customer", key, "--amount", "2")
    attachment, *beside = first_invoice(platform, customer).iter_attachments()
    assert [file.get_content_type() for file in beside] == ([] if key == "balkan" else ["application/xml"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(attachment.get_content())).pages)
    assert printed in "".join(text.split())


def test_status_shows_a_healthy_platform(platform: Platform) -> None:
    shown = platform.checkout.must("status")
    for name in ("postgres", "emulator", "ccp", "mail", "kubelet", "edge", "order-0", "relay-0", "email-0"):
        assert name in shown
    assert "EMAILED" in shown
    assert platform.shop.api_url in shown


def test_up_again_changes_nothing(platform: Platform) -> None:
    before = platform.model["resources"]
    platform.checkout.must("up")
    assert platform.model["resources"] == before
