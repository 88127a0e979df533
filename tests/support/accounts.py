"""A platform's books, audited from outside: database, CCP ledger, mailbox and queues have to tell the same story."""

from collections import Counter

from local.cli.queues import depths
from tests.support.platform import Platform


def violations(platform: Platform) -> list[str]:
    """What does not add up; empty if every order is one sale, one number, one mail, and nothing waits anywhere."""
    return [*_orders(platform), *_numbers(platform), *_sales(platform), *_mails(platform), *_queues(platform)]


def _orders(platform: Platform) -> list[str]:
    rows = platform.rows("SELECT id, state, reason FROM sales_order WHERE state <> 'EMAILED'")
    return [f"order {order} is {state}: {reason}" for order, state, reason in rows]


def _numbers(platform: Platform) -> list[str]:
    rows = platform.rows("SELECT series, array_agg(number ORDER BY number) FROM invoice GROUP BY series")
    return [
        f"series {series} has gaps or repeats: {numbers}"
        for series, numbers in rows
        if numbers != list(range(1, len(numbers) + 1))
    ]


def _sales(platform: Platform) -> list[str]:
    sold = Counter(sale["reference"] for sale in platform.sales())
    ordered = {str(row[0]) for row in platform.rows("SELECT id FROM sales_order")}
    return [
        *(f"order {order} was never sold by the CCP" for order in ordered - set(sold)),
        *(f"the CCP sold {reference}, which is no order" for reference in set(sold) - ordered),
        *(f"the CCP sold {reference} {count} times" for reference, count in sold.items() if count > 1),
    ]


def _mails(platform: Platform) -> list[str]:
    mailed = Counter(file["filename"] for mail in platform.mails() for file in mail["attachments"])
    # No mail was sent of what the demo's customers ordered before: nothing of that was reserved here.
    files = """
        SELECT invoice_number, e_invoice_path IS NOT NULL FROM invoice
        WHERE order_id IN (SELECT order_id FROM order_event WHERE stage = 'RESERVED')
    """
    invoiced = {
        f"invoice-{number}.{suffix}"
        for number, beside in platform.rows(files)
        for suffix in (("pdf", "xml") if beside else ("pdf",))
    }
    return [
        *(f"{name} was never mailed" for name in invoiced - set(mailed)),
        *(f"{name} was mailed, but is no invoice" for name in set(mailed) - invoiced),
        *(f"{name} was mailed {count} times" for name, count in mailed.items() if count > 1),
    ]


def _queues(platform: Platform) -> list[str]:
    found = depths(platform.shop.emulator, platform.model["outputs"])
    return [f"the queue is not empty: {depth}" for depth in found if depth.waiting or depth.in_flight or depth.dead]
