"""Customers answer by mail: once into their own case, and into nobody else's."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from email.message import EmailMessage
from itertools import count
from uuid import uuid4

import boto3
import pytest

from local.machine.postgres import Postgres
from services.common.database import Database
from services.common.errors import Retry
from services.common.pipeline.queues import Message
from services.registry import FEWEST_RECEIVES
from services.support.inbound.store import LARGEST_BYTES, MailStore
from services.support.inbound.taking import MailTaker
from services.support.quoting import SEPARATOR
from tests.integration.conftest import BUCKET, REGION, Aws
from tests.integration.support.conftest import WHO, Helpdesk
from tests.support.postgres import settings_of
from tests.unit.support.notices import notice_text


class PostRoom:
    """Customers' mail programs, SES, and the process that takes their mails."""

    def __init__(self, desk: Helpdesk) -> None:
        self.desk = desk
        self.world = desk.world
        self.taker = MailTaker(desk.world.database, MailStore(BUCKET, REGION), BUCKET, "inbound/")
        self.numbers = count()

    def address(self, case: str) -> str:
        return f"case+{self.world.value('SELECT reply_token FROM support_case WHERE id = %s', case)}@eu.example"

    def email(self, who: str) -> str:
        return str(self.world.value("SELECT email FROM app_user WHERE id = %s", self.desk.user(who)))

    def lay(self, raw: bytes) -> str:
        path = f"inbound/{next(self.numbers)}"
        boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=path, Body=raw)
        return path

    def post(
        self, to: str, text: str = "The last two.", *, who: str = "liffey", identity: str = "", **said: str
    ) -> str:
        """Sends a mail as far as the queue; the message that waits there."""
        mail = EmailMessage()
        mail["From"] = sender = said.pop("sender", self.email(who))
        mail["To"] = to
        mail["Message-ID"] = identity or f"<{uuid4()}@mail.example>"
        if automatic := said.pop("auto_submitted", ""):
            mail["Auto-Submitted"] = automatic
        mail.set_content(f"{text}\n\nOn Monday 1 Nov we wrote:\n> {SEPARATOR}\n> Which ones?\n")
        return notice_text(**{"path": self.lay(mail.as_bytes()), "to": to, "source": sender} | said)

    def take(self, notice: str) -> tuple[str, str | None]:
        """What became of the mail, and why."""
        self.taker.take(Message(notice, "receipt", 1))
        [(outcome, reason)] = self.world.admin.execute(
            "SELECT outcome, reason FROM inbound_mail WHERE strpos(%s, '\"' || path || '\"') > 0", (notice,)
        ).fetchall()
        return str(outcome), None if reason is None else str(reason)

    def bodies(self, case: str) -> list[str]:
        return [message["body"] for message in self.desk.get(f"/{case}/messages", who=WHO)["messages"]]


@pytest.fixture
def room(helpdesk: Helpdesk, aws: Aws) -> PostRoom:
    return PostRoom(helpdesk)


def test_an_answer_by_mail_is_a_message_like_one_of_the_api(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    helpdesk.write(case, "Which ones?", who=WHO)
    seen = helpdesk.ask("GET", f"/{case}", who=WHO).headers["ETag"]
    assert room.take(room.post(room.address(case))) == ("ADDED", None)
    assert room.bodies(case) == ["Please help.", "Which ones?", "The last two."]
    [*_, message] = helpdesk.get(f"/{case}/messages")["messages"]
    assert (message["author"], message["authorId"]) == ("CUSTOMER", str(helpdesk.user("liffey")))
    assert helpdesk.get(f"/{case}")["status"] == "WAITING_FOR_SUPPORT"
    late = helpdesk.ask("PATCH", f"/{case}", {"status": "RESOLVED"}, who=WHO, version=seen)
    assert late.status_code == 412
    assert len(helpdesk.letters()) == 2


def test_an_answer_opens_a_resolved_case_again(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    helpdesk.change(case, status="RESOLVED")
    assert room.take(room.post(room.address(case).upper())) == ("ADDED", None)
    assert helpdesk.get(f"/{case}")["status"] == "WAITING_FOR_SUPPORT"


def test_a_mail_is_added_once_however_often_it_is_told_or_delivered(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    first = room.post(room.address(case), identity="<1@mail.example>")
    for _ in range(3):
        assert room.take(first) == ("ADDED", None)
    assert room.take(room.post(room.address(case), identity="<1@mail.example>")) == (
        "DROPPED",
        "it was delivered before",
    )
    assert room.bodies(case) == ["Please help.", "The last two."]


def test_of_many_that_take_one_mail_at_once_one_adds_it(room: PostRoom, helpdesk: Helpdesk, server: Postgres) -> None:
    case = helpdesk.open()["id"]
    twice = [room.post(room.address(case), identity="<1@mail.example>") for _ in range(2)]
    with ExitStack() as pods, ThreadPoolExecutor(6) as threads:
        databases = [pods.enter_context(closing(Database(settings_of(server), size=1))) for _ in range(6)]
        takers = [MailTaker(one, MailStore(BUCKET, REGION), BUCKET, "inbound/") for one in databases]
        for done in [threads.submit(taker.take, Message(twice[n % 2], "r", 1)) for n, taker in enumerate(takers)]:
            done.result()
    assert room.bodies(case) == ["Please help.", "The last two."]
    assert room.world.value("SELECT count(*) FROM inbound_mail") == 2


def test_nobody_writes_into_another_customer_s_case(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    outcome = room.take(room.post(room.address(case), who="mueller"))
    assert outcome == ("PARKED", "its sender is no active person of the case's customer")
    assert room.take(room.post(room.address(case), sender="stranger@elsewhere.example"))[0] == "PARKED"
    assert room.bodies(case) == ["Please help."]
    told = helpdesk.get(f"/{case}/timeline", who=WHO)["events"]
    assert [event["value"] for event in told if event["field"] == "refusedMail"] == [outcome[1]] * 2


@pytest.mark.parametrize("change", ["app_user SET state = 'DEACTIVATED'", "customer SET active = false"])
def test_who_has_left_writes_no_more(room: PostRoom, helpdesk: Helpdesk, change: str) -> None:
    case = helpdesk.open()["id"]
    notice = room.post(room.address(case))
    room.world.admin.execute(f"UPDATE {change}".encode())
    assert room.take(notice)[0] == "PARKED"
    assert room.bodies(case) == ["Please help."]


FORGED: list[Callable[[str], str]] = [
    lambda address: f"case+{uuid4().hex}@eu.example",
    lambda address: address.replace("case+", "case"),
    lambda address: address[:20] + address[21:],
    lambda address: f"case+{'%' * 32}@eu.example",
    lambda address: "invoices@eu.example",
]


@pytest.mark.parametrize("forge", FORGED)
def test_a_forged_address_leads_to_no_case(room: PostRoom, helpdesk: Helpdesk, forge: Callable[[str], str]) -> None:
    case = helpdesk.open()["id"]
    assert room.take(room.post(forge(room.address(case)))) == ("PARKED", "it is for no case that there is")
    assert room.bodies(case) == ["Please help."]


def test_a_sender_who_cannot_be_proven_is_parked(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    for said in ({"dmarc": "FAIL"}, {"dmarc": "GRAY", "spf": "FAIL"}, {"virus": "FAIL"}, {"spam": "FAIL"}):
        assert room.take(room.post(room.address(case), **said))[0] == "PARKED"
    assert room.bodies(case) == ["Please help."]


def test_machines_are_never_answered(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    for said in ({"auto_submitted": "auto-replied"}, {"source": ""}, {"sender": "robot@eu.example"}):
        assert room.take(room.post(room.address(case), **said))[0] == "DROPPED"
    assert room.bodies(case) == ["Please help."]
    assert len(helpdesk.letters()) == 1


def test_who_writes_to_a_closed_case_is_told_so_once(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    helpdesk.ask("POST", f"/{case}/close")
    for _ in range(3):
        assert room.take(room.post(room.address(case))) == ("PARKED", "the case is closed")
    assert room.bodies(case) == ["Please help."]
    [late] = [body for _, _, body in helpdesk.letters() if "was not added" in body]
    assert "open a new case" in late


def test_a_mail_that_is_gone_too_large_or_says_nothing_is_parked(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    to = room.address(case)
    assert room.take(notice_text(path="inbound/none", to=to)) == ("PARKED", "the mail is in S3 no more")
    large = room.lay(b"x" * (LARGEST_BYTES + 1))
    assert room.take(notice_text(path=large, to=to)) == ("PARKED", "the mail is larger than 10 MiB")
    assert room.take(room.post(to, "")) == ("PARKED", "it has no text of its own")


def test_what_cannot_be_read_now_comes_back(room: PostRoom, helpdesk: Helpdesk) -> None:
    case = helpdesk.open()["id"]
    room.taker = MailTaker(room.world.database, MailStore("no-such-bucket", REGION), BUCKET, "inbound/")
    notice = room.post(room.address(case))
    with pytest.raises(Retry) as wish:
        room.take(notice)
    assert wish.value.seconds * FEWEST_RECEIVES > 2_000
    assert room.world.value("SELECT count(*) FROM inbound_mail") == 0
    assert PostRoom(helpdesk).take(notice) == ("ADDED", None)


def test_the_message_with_which_ses_tries_the_topic_is_no_mail(room: PostRoom) -> None:
    room.taker.take(Message("Successfully validated SNS topic for Amazon SES event publishing.", "r", 1))
    assert room.world.value("SELECT count(*) FROM inbound_mail") == 0


def test_neither_text_nor_address_of_a_mail_stands_in_a_log(
    room: PostRoom, helpdesk: Helpdesk, caplog: pytest.LogCaptureFixture
) -> None:
    canary = f"canary-{uuid4()}"
    with caplog.at_level(logging.DEBUG, logger="services"):
        case = helpdesk.open()["id"]
        room.take(room.post(room.address(case), canary))
        room.take(room.post(room.address(case), canary, sender=f"{canary}@elsewhere.example"))
        room.take(room.post(f"{canary}@eu.example", canary))
    told = " ".join(str(vars(record)) for record in caplog.records)
    assert canary not in told
    assert room.address(case) not in told
    assert "no active person" in told
