"""The controller's way to the writer: statements through the Data API, with the login that the migration job set."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.machine.postgres import APPLICATION, CONTROLLER, SUPERUSER
from local.machine.waiting import wait_until
from services.database import login
from tests.support.aurora import READY_SECONDS, Pair, running_pair
from tests.support.data_api import PASSWORD, Asker, made, settings

ADMIT = "SELECT set_admission(:epoch, :wanted, :who)"
BEGIN = "SELECT begin_epoch(:epoch, :place, :who, :lost)"
ROW = "SELECT epoch, admission, region FROM writer_epoch"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair")) as pair:
        yield pair


@pytest.fixture(scope="module")
def asker(pair: Pair) -> Asker:
    return made(pair)


def long(value: int) -> dict[str, int]:
    return {"longValue": value}


def text(value: str) -> dict[str, str]:
    return {"stringValue": value}


def refused(call: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as fault:
        call(*arguments, **named)
    return fault.value.response["Error"]["Code"], fault.value.response["Error"]["Message"]


def test_a_planned_move_is_told_to_the_old_writer_and_begun_on_the_new_one(pair: Pair, asker: Asker) -> None:
    epoch = asker.epoch("eu")
    for wanted in ("draining", "closed"):
        assert asker.ask("eu", ADMIT, epoch=long(epoch), wanted=text(wanted), who=text("sun")) == [
            {"booleanValue": True}
        ]
    assert asker.ask("eu", "SELECT ccp_calls, transactions FROM unfinished_work()") == [long(0), long(0)]
    assert asker.ask("eu", ROW) == [long(epoch), text("closed"), {"isNull": True}]

    pair.switch("eu", "apac")

    begun: dict[str, Any] = {"epoch": long(epoch), "place": text("apac"), "who": text("sun"), "lost": {"isNull": True}}
    assert asker.ask("apac", BEGIN, **begun) == [long(epoch + 1)]
    assert asker.ask("apac", ROW) == [long(epoch + 1), text("open"), text("apac")]
    # Asked again, as after an answer that was lost, it is not begun twice.
    assert asker.ask("apac", BEGIN, **begun) == [{"isNull": True}]
    pair.switch("apac", "eu")
    assert asker.epoch("eu") == epoch + 1, "what a switch leaves is what the data says"


def test_a_member_that_follows_is_not_asked_not_even_to_read(pair: Pair, asker: Asker) -> None:
    code, why = refused(asker.ask, "apac", ROW)
    assert code == "DatabaseUnavailableException"
    assert "writer instance" in why
    assert asker.epoch("eu") >= 1


def test_a_writer_that_is_down_is_unavailable(pair: Pair, asker: Asker) -> None:
    pair.supervisor.rest("postgres-eu")
    try:
        assert refused(asker.ask, "eu", ROW)[0] == "DatabaseUnavailableException"
    finally:
        pair.supervisor.begin("postgres-eu")
    assert wait_until(lambda: pair.ready("eu"), READY_SECONDS)


@pytest.mark.parametrize("given", [["rds-data:ExecuteStatement"], ["secretsmanager:GetSecretValue"]])
def test_who_may_not_use_both_cluster_and_login_is_refused(asker: Asker, given: list[str]) -> None:
    asker.allow(*given)
    try:
        code, why = refused(asker.ask, "eu", ROW)
    finally:
        asker.allow("rds-data:ExecuteStatement", "secretsmanager:GetSecretValue")
    assert code == "AccessDeniedException"
    assert "is not authorized to perform" in why


def test_a_password_that_the_job_has_not_set_does_not_sign_in_until_it_has(pair: Pair, asker: Asker) -> None:
    told = {"username": CONTROLLER, "password": PASSWORD[::-1]}
    secret = asker.another("newer", told)
    code, why = refused(asker.ask, "eu", ROW, secret=secret)
    assert (code, "password authentication failed" in why) == ("BadRequestException", True)
    login.let_in(settings(pair), login.Login.model_validate(told))
    assert asker.ask("eu", ROW, secret=secret)
    assert refused(asker.ask, "eu", ROW)[0] == "BadRequestException", "the one before it is none any more"
    login.let_in(settings(pair), login.Login(username=CONTROLLER, password=PASSWORD))


def test_whom_the_database_does_not_let_is_told_so_in_its_words(pair: Pair, asker: Asker) -> None:
    """The controller reads no order; and another role, though it signs in, does not move the writer."""
    code, why = refused(asker.ask, "eu", "SELECT count(*) FROM sales_order")
    assert (code, "permission denied for table sales_order" in why) == ("DatabaseErrorException", True)
    with pair.servers.leader.connect(SUPERUSER) as connection:
        connection.execute(f"ALTER ROLE {APPLICATION} PASSWORD '{PASSWORD}'".encode())
    secret = asker.another("application", {"username": APPLICATION, "password": PASSWORD})
    code, why = refused(asker.ask, "eu", ADMIT, secret=secret, epoch=long(1), wanted=text("closed"), who=text("thief"))
    assert (code, "permission denied for function set_admission" in why) == ("DatabaseErrorException", True)
    assert asker.ask("eu", ROW)[1] == text("open")


def test_the_login_of_another_region_is_not_used(asker: Asker, pair: Pair) -> None:
    client = pair.client("rds-data", "eu-west-1")
    code, _ = refused(
        client.execute_statement,
        resourceArn=asker.cluster("eu"),
        secretArn=asker.secret,
        database="cloudsales",
        sql=ROW,
    )
    assert code == "BadRequestException"
