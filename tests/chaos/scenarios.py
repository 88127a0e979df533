"""What is done to the system, and what must be true afterwards. Each scenario returns what it found wrong."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.chaos.bed import ALL, CALM
from tests.chaos.checker import unfinished
from tests.chaos.clients import Reply
from tests.chaos.proxy import Weather
from tests.chaos.run import Run
from tests.chaos.scenario import Findings, Scenario
from tests.chaos.waiting import in_time

OPERATORS = 4
"""Operators who restart at the same time."""


def orders(count: int, *, seconds: float = 40.0, clients: int = 4) -> Callable[[Run], Findings]:
    """Takes so many orders and wants all of them mailed, with everything in its place."""

    def drive(run: Run) -> Findings:
        run.load(count, clients=clients).wait()
        return [*run.settled(seconds), *unwanted_ends(run)]

    return drive


def unwanted_ends(run: Run) -> Findings:
    """Orders that did not end as they should when nothing was wrong with them."""
    rows = run.books.rows("SELECT id, state, reason FROM sales_order WHERE state IN ('PARKED', 'REJECTED')")
    return [f"order {row['id']} ended {row['state']}: {row['reason']}" for row in rows]


def crash(*points: str, times: int = 1, seconds: float = 30.0) -> Scenario:
    """Every point strikes so often; each order dies once at each point that still strikes."""
    return Scenario(f"SIGKILL at {', '.join(points)}", orders(times + 3, seconds=seconds), dict.fromkeys(points, times))


def in_weather(weather: Weather, drive: Callable[[Run], Findings]) -> Callable[[Run], Findings]:
    """The same, with bad weather between the services and S3 and SQS while orders are taken and worked on."""

    def bad(run: Run) -> Findings:
        run.aws.weather = weather
        return drive(run)

    return bad


def _duplicates(run: Run) -> Findings:
    run.aws.weather = Weather(copies=5, window_seconds=3)
    try:
        run.load(10).wait()
        run.ended(40)
    finally:
        run.aws.weather = CALM
    return [*run.settled(60), *unwanted_ends(run)]


def _ses_answer_lost(run: Run) -> Findings:
    """The first mail is accepted, but the connection breaks before SES can say so."""
    run.ses.weather = Weather(drop_rate=1)
    load = run.load(1)
    load.wait()
    until = time.monotonic() + 15
    while not run.books.mails() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(3.0)
    run.ses.weather = CALM
    return [*run.settled(40), *unwanted_ends(run)]


def _late_evidence(run: Run) -> Findings:
    """SES's events cannot be read for a while after the worker died with an accepted mail."""
    run.aws.weather = Weather(refuse="-mail-events")
    run.load(1).wait()
    until = time.monotonic() + 20
    while not run.hit("C18") and time.monotonic() < until:
        time.sleep(0.05)
    until = time.monotonic() + LONG_EVIDENCE_SECONDS * 0.7
    while not _asked_again(run) and time.monotonic() < until:
        time.sleep(0.1)
    run.aws.weather = CALM
    return [*run.settled(40), *unwanted_ends(run)]


def _asked_again(run: Run) -> bool:
    """Whether the mail of unknown outcome has come up again since."""
    return bool(run.books.rows("SELECT 1 FROM email_ledger WHERE state = 'UNKNOWN' OR attempts > 1"))


def _misbehaving_provider(run: Run) -> Findings:
    run.bed.provider({"errorRate": 0.3, "dropAfterAcceptRate": 0.3})
    run.load(8, clients=8).wait()
    run.bed.provider({})
    return [*after_a_while(run, 40), *unwanted_ends(run)]


def after_a_while(run: Run, seconds: float) -> Findings:
    """The books when the reconciler has come round a few times, without its long pauses."""
    until = time.monotonic() + seconds
    while unfinished(run.books) and time.monotonic() < until:
        run.time_passes("order")
        time.sleep(2.0)
    return run.settled(30)


def _slow_provider(run: Run) -> Findings:
    """The first call is still being worked on when it is repeated: the CCP's ledger does not show the sale yet."""
    run.bed.provider({"latencyMs": 40_000})
    run.load(1).wait()
    run.bed.provider({})
    found = after_a_while(run, 60)
    in_time(lambda: run.bed.purchases.under_way == 0, 60)
    sold = len(run.books.sales(cancelled=True))
    return [*found, *run.settled(20), *([f"I2: the CCP had to sell {sold} times"] if sold != 1 else [])]


def _short_sales(run: Run) -> Findings:
    run.bed.provider({"partialFillRate": 1.0})
    run.load(6).wait()
    return run.settled(30)


def _altered_payload(run: Run) -> Findings:
    """Somebody changes a payload on its way: no document may say what he wants."""
    run.aws.weather = Weather(alter=(b"Cloud Sales", b"Mallory Ltd"))
    run.load(2).wait()
    run.ended(15)
    run.aws.weather = CALM
    forged = [mail for mail in run.books.mails() if "Mallory" in mail.subject]
    return [f"the mail {mail.id} says what the altered payload said" for mail in forged]


STAGES = ("invoice", "document", "email")


def replay(run: Run) -> Findings:
    """Restarts every mailed order from every stage: nothing new may come of it."""
    before = effects(run)
    mailed = run.books.rows("SELECT id::text AS order FROM sales_order WHERE state = 'EMAILED' ORDER BY id")
    wanted = [(row["order"], stage) for row in mailed for stage in STAGES]
    with ThreadPoolExecutor(OPERATORS) as operators:
        refused = [fault for fault in operators.map(partial(_restart, run), wanted) if fault]
    return [*refused, *run.settled(60 + len(wanted) / 4), *news(before, effects(run))]


def _restart(run: Run, what: tuple[str, str]) -> str:
    answer = run.operator.restart(partial(run.pods.next_url, "orchestrator"), *what)
    return "" if answer["status"] == 200 else f"the restart of {what[0]} from {what[1]} was answered {answer}"


def effects(run: Run) -> dict[str, int]:
    """How much of everything there is that a replay may not add to."""
    invoices = run.books.rows("SELECT 1 FROM invoice")
    return {
        "numbers": len(invoices),
        "objects": len(run.books.objects()),
        "mails": len(run.books.mails()),
        "sales": len(run.books.sales(cancelled=True)),
    }


def news(before: dict[str, int], after: dict[str, int]) -> Findings:
    """What there is more, or less, than before."""
    return [
        f"the replay made {after[what] - before[what]} new {what}" for what in before if after[what] != before[what]
    ]


def _restarted(count: int) -> Callable[[Run], Findings]:
    def drive(run: Run) -> Findings:
        run.load(count).wait()
        return [*run.settled(40), *unwanted_ends(run), *replay(run)]

    return drive


def _keys(run: Run) -> Findings:
    """What `Idempotency-Key` promises, and that nobody sees or uses what is somebody else's."""
    one, two = run.customers[0], run.customers[1]
    url = run.order_url()
    first, again = one.post(url, "k"), one.post(url, "k")
    assert isinstance(first, Reply), f"the first order was answered {first}"
    wrong = []
    if not isinstance(again, Reply) or (again.order, again.body) != (first.order, first.body):
        wrong.append("a repetition was not answered as the first request")
    if (other := one.post(url, "k", amount=5)) != 422:
        wrong.append(f"the key with another body was answered {other}")
    theirs = two.post(url, "k")
    if not isinstance(theirs, Reply) or theirs.order == first.order:
        wrong.append("two customers share a key")
    if (status := two.get(url, first.location)) != 404:
        wrong.append(f"somebody else's order was answered {status}")
    if not isinstance(two.post(url, "f", subscription=one.who.subscription_id), int):
        wrong.append("an order was taken for somebody else's subscription")
    return wrong


DUPLICATES = Scenario("every message 1 to 5 times, shuffled", _duplicates)
SES_ANSWER_LOST = Scenario("SES's answer is lost", _ses_answer_lost)
LONG_EVIDENCE_SECONDS = 20
LATE_EVIDENCE = Scenario(
    "SIGKILL at C18, SES's events are late",
    _late_evidence,
    {"C18": 1},
    environment={"MAIL_EVIDENCE_SECONDS": str(LONG_EVIDENCE_SECONDS)},
)
SLOW_PROVIDER = Scenario("the CCP is slower than we wait", _slow_provider)
PROVIDER = Scenario("the CCP errs and loses answers", _misbehaving_provider)
SHORT_SALES = Scenario("the CCP sells less than was ordered", _short_sales)
ALTERED = Scenario("payloads are altered", _altered_payload)
KEYS = Scenario("idempotency keys and tenants", _keys, services=("order",))
PLAIN = Scenario("a few orders, nothing wrong", orders(4, seconds=12.0))
BAD_NETWORK = Scenario(
    "S3 and SQS err, lose answers and are slow",
    in_weather(Weather(error_rate=0.1, drop_rate=0.1, delay_seconds=0.1), orders(4, seconds=60.0)),
)

POINTS = tuple(f"C{number}" for number in range(1, 20))
"""The crash points of the pipeline; those of the orchestrator need an operator and have a scenario of their own."""


def every_point(times: int) -> Scenario:
    """All points of the pipeline in one run."""
    name = f"SIGKILL at every point of the pipeline, {times} x"
    return Scenario(name, orders(20 + 2 * times, seconds=120.0 + 40 * times), dict.fromkeys(POINTS, times))


OPERATOR_POINTS = ("C20", "C21", "C22")


def operator_points(times: int) -> Scenario:
    """Every finished order restarted from every stage; each restart's point strikes so often."""
    name = f"SIGKILL at every point of a restart, {times} x"
    return Scenario(name, _restarted(times + 1), dict.fromkeys(OPERATOR_POINTS, times), services=ALL)


SHORT = (every_point(1), operator_points(1), DUPLICATES, BAD_NETWORK, SES_ANSWER_LOST, PROVIDER, KEYS)
"""What runs with every test."""
