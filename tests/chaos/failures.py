"""Failures that strike one place: rivals, lost objects, poison, work that is slow, second sales, orderly restarts."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from local.machine.postgres import OWNER
from tests.chaos.bed import ALL, CALM
from tests.chaos.proxy import Weather
from tests.chaos.region import VISIBILITY_SECONDS
from tests.chaos.run import Run
from tests.chaos.scenario import Findings, Scenario
from tests.chaos.scenarios import STAGES, effects, news, unwanted_ends
from tests.chaos.waiting import in_time

CLIENTS = 8
POISON = ("{", json.dumps({"path": 1}), json.dumps({"path": "../../etc/passwd"}), json.dumps({"url": "file:///"}))


def rivals(count: int) -> Scenario:
    """Each finished order is restarted from one stage by two orchestrators at once (row 9)."""

    def drive(run: Run) -> Findings:
        run.load(count).wait()
        found = [*run.settled(60 + count), *unwanted_ends(run)]
        before = effects(run)
        mailed = run.books.rows("SELECT id::text AS order FROM sales_order WHERE state = 'EMAILED'")
        with ThreadPoolExecutor(2) as both:
            for place, row in enumerate(mailed):
                stage = STAGES[place % len(STAGES)]
                answers = both.map(partial(_restart_at, run, row["order"], stage), (0, 1))
                found += [f"a restart of {row['order']} from {stage} was answered {a}" for a in answers if a != 200]
        return [*found, *run.settled(60 + count), *news(before, effects(run))]

    return Scenario(f"{count} orders, each restarted by two orchestrators at once", drive, services=ALL, replicas=2)


def _restart_at(run: Run, order: str, stage: str, pod: int) -> int:
    answer = run.operator.restart(
        partial(run.pods.url, "orchestrator", pod), order, stage, key=f"{order}-{stage}-{pod}"
    )
    return int(answer["status"])


def _lost(run: Run) -> Findings:
    """Payloads and PDFs vanish from S3; an operator's restart has them made again, byte for byte (rows 14, 48)."""
    run.aws.weather = Weather(expire=".json")
    run.load(3).wait()
    for turn in range(len(STAGES)):
        in_time(lambda: not run.books.rows(_MOVING), 30)
        run.aws.weather = CALM
        for row in run.books.rows("SELECT id::text AS order FROM sales_order WHERE state = 'PARKED'"):
            key = f"{row['order']}-{turn}"
            run.operator.restart(partial(run.pods.url, "orchestrator"), row["order"], None, key=key)
    found = [*run.settled(60), *unwanted_ends(run)]
    if not run.aws.struck["expire"]:
        found.append("no payload has expired")
    before, hashes = effects(run), dict(run.books.objects())
    for path in [path for path in hashes if path.endswith(".pdf")]:
        run.region.clients.s3.delete_object(Bucket=run.region.name, Key=path)
        run.operator.restart(partial(run.pods.url, "orchestrator"), path.split("/")[1], "document")
    in_time(lambda: run.books.objects() == hashes, 40)
    return [*found, *run.settled(60), *news(before, effects(run))]


_MOVING = "SELECT 1 FROM sales_order WHERE state NOT IN ('EMAILED', 'PARKED')"
LOST = Scenario("payloads expire before they are read, and PDFs after", _lost, services=ALL)


def poison(orders: int) -> Scenario:
    """One message in a hundred cannot be understood: it becomes a dead letter, and the others do not mind (row 13)."""

    def drive(run: Run) -> Findings:
        load = run.load(orders, clients=CLIENTS)
        for number in range(max(len(POISON), orders * len(STAGES) // 100)):
            queue = STAGES[number % len(STAGES)]
            run.region.clients.sqs.send_message(
                QueueUrl=run.region.queues[queue], MessageBody=POISON[number % len(POISON)]
            )
            run.books.poisoned[queue] = run.books.poisoned.get(queue, 0) + 1
        load.wait()
        in_time(lambda: all(run.books.depths()[q][1] >= n for q, n in run.books.poisoned.items()), 30)
        return [*run.settled(120 + orders), *unwanted_ends(run)]

    return Scenario(f"{orders} orders, 1 message in 100 is poison", drive)


def _slow(run: Run) -> Findings:
    """Each payload takes longer to read than a message stays invisible: the idle pod may not be given it (row 12)."""
    run.aws.weather = Weather(slow=("/document/", VISIBILITY_SECONDS + 3.0))
    run.load(1).wait()
    found = [*run.settled(90), *unwanted_ends(run)]
    twice = sum(count > 1 for count in run.aws.deliveries.values())
    if not run.aws.struck["slow"]:
        found.append("nothing was slow")
    return [*found, *([f"{twice} messages were handed out again while they were worked on"] if twice else [])]


SLOW_WORK = Scenario("work takes longer than a message stays invisible", _slow, replicas=2)


def charged_twice(orders: int) -> Scenario:
    """The CCP ignores keys, loses answers and sells every tenth order twice: the extra sale is cancelled (row 20)."""

    def drive(run: Run) -> Findings:
        run.bed.provider({"ignoreIdempotencyKeys": True, "dropAfterAcceptRate": 0.2, "errorRate": 0.1})
        run.load(orders, clients=CLIENTS).wait()
        run.bed.provider({})
        in_time(lambda: _reconciled(run), 60 + orders)
        stored = run.books.rows("SELECT id::text AS order, customer_id::text, amount FROM sales_order ORDER BY id")
        doubled = stored[: max(1, orders // 10)]
        for row in doubled:
            run.bed.sell_again(row["order"], row["customer_id"], row["amount"])
        in_time(lambda: _compared(run), 60 + orders)
        found = [*run.settled(60 + orders), *unwanted_ends(run)]
        sold = len(run.books.sales(cancelled=True))
        return found if sold == orders + len(doubled) else [*found, f"I2: the CCP has sold {sold} times"]

    return Scenario(f"{orders} orders, a CCP without keys loses answers and sells some twice", drive)


def _reconciled(run: Run) -> bool:
    run.time_passes("order")
    return not run.books.rows("SELECT 1 FROM sales_order WHERE state = 'RESERVED'")


def _compared(run: Run) -> bool:
    """Lets the pauses of the comparison run out; whether no order has two sales left."""
    with run.bed.database.connect(OWNER) as connection:
        connection.execute("UPDATE ccp_comparison SET due_at = now()")
        connection.execute("UPDATE ccp_discrepancy SET cancel_at = now() WHERE cancel_at IS NOT NULL")
    (stored,) = run.books.rows("SELECT count(*) AS n FROM sales_order")
    return len(run.books.sales()) == int(stored["n"])


def rolling(orders: int) -> Scenario:
    """Every pod is asked to leave in turn while orders come, and hands its work over in order (row 60)."""

    def drive(run: Run) -> Findings:
        load = run.load(orders, clients=CLIENTS, over_seconds=orders / 4)
        late = run.pods.roll()
        load.wait()
        told = sorted(run.told.others.keys() & {"500", "502", "504"})
        return [
            *run.settled(90 + orders),
            *unwanted_ends(run),
            *(f"{name} did not leave in time" for name in late),
            *(f"clients were told {status} while pods left" for status in told),
        ]

    return Scenario(f"{orders} orders, SIGTERM for every pod in turn", drive, replicas=2)
