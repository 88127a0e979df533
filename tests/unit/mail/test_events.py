import json

from local.mail.events import Origin, events, origin_of
from tests.unit.mail.conftest import TOPIC, mail

ORIGIN = Origin("000000000000", "eu-west-1")


def test_a_mail_is_sent_and_delivered_in_the_words_of_ses() -> None:
    assert origin_of(TOPIC) == ORIGIN
    send, delivery = events(mail(), ORIGIN)
    assert (send.type, delivery.type) == ("SEND", "DELIVERY")
    sent, delivered = json.loads(send.text), json.loads(delivery.text)
    assert sent["eventType"] == "Send"
    assert sent["send"] == {}
    assert sent["mail"] == delivered["mail"]
    about = sent["mail"]
    assert about["timestamp"] == "2026-08-01T12:00:30.123Z"
    assert about["messageId"] == "0102-a@email.amazonses.com"
    assert about["source"] == "invoices@eu.cloud-sales.example"
    assert about["sourceArn"] == "arn:aws:ses:eu-west-1:000000000000:identity/invoices@eu.cloud-sales.example"
    assert about["destination"] == ["anna@customer.example"]
    assert about["tags"] == {"ses:configuration-set": ["cloud-sales-eu"], "attempt": ["a-1"]}
    assert about["commonHeaders"]["subject"] == "Rechnung für Żółć 請求書"
    assert {"name": "To", "value": "anna@customer.example"} in about["headers"]
    assert delivered["eventType"] == "Delivery"
    assert delivered["delivery"]["recipients"] == ["anna@customer.example"]
    assert delivered["delivery"]["timestamp"] == "2026-08-01T12:00:30.123Z"


def test_each_recipient_has_a_delivery_of_their_own() -> None:
    found = [json.loads(event.text) for event in events(mail(to=("a@x.example", "b@x.example")), ORIGIN)]
    assert [event["eventType"] for event in found] == ["Send", "Delivery", "Delivery"]
    assert [event["delivery"]["recipients"] for event in found[1:]] == [["a@x.example"], ["b@x.example"]]


def test_the_mailbox_simulator_bounces_and_complains() -> None:
    bounced = list(events(mail(to=("bounce+7@simulator.amazonses.com",)), ORIGIN))
    assert [event.type for event in bounced] == ["SEND", "BOUNCE"]
    bounce = json.loads(bounced[1].text)["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Permanent", "General")
    assert bounce["bouncedRecipients"][0]["emailAddress"] == "bounce+7@simulator.amazonses.com"
    complained = list(events(mail(to=("complaint@simulator.amazonses.com",)), ORIGIN))
    assert [event.type for event in complained] == ["SEND", "DELIVERY", "COMPLAINT"]
    successful = list(events(mail(to=("success@simulator.amazonses.com", "bounce@elsewhere.example")), ORIGIN))
    assert [event.type for event in successful] == ["SEND", "DELIVERY", "DELIVERY"]


def test_the_same_mail_has_the_same_events() -> None:
    assert list(events(mail(), ORIGIN)) == list(events(mail(), ORIGIN))
