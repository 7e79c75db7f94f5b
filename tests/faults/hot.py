"""`hot`: hundreds of buyers order one product at the same time; the others must hardly notice.

    python -m tests.faults hot --buyers 300 --seconds 10

A list is read at a steady rate, before and meanwhile: its p99 may be 5 times that of the quiet service. /health/ready
always answers 200. At the end each confirmed order is in the table once, and stock and totals are exact.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from rich.console import Console

from product_dashboard.migrate import upgrade
from tests.faults.client import Client, Cut
from tests.faults.closing import Rows, wrong_summaries
from tests.faults.load import Flow, steady
from tests.faults.report import Findings, percentile, print_table
from tests.faults.service import running
from tests.faults.session import API
from tests.faults.shelf import fill_shelf, made
from tools.stack.testing import WAYS, scratch_database, session_stores

ALLOWED_RATIO = 5.0
_STOCK = 1_000_000
_CUSTOMERS = 50
_EXPECTED = {"201", "503 OVERLOADED", "503 BUSY", "503 TIMEOUT"}
_DOUBTFUL = {"cut", "503 OUTCOME_UNKNOWN"}


@dataclass(frozen=True)
class Plan:
    """One run. `noise_s` is a difference of latencies that is never a violation: the machine's own noise."""

    buyers: int = 300
    seconds: float = 10.0
    arrival_s: float = 1.0
    per_second: float = 50.0
    noise_s: float = 0.005


@dataclass
class Bought:
    """The answers to the buyers."""

    answers: Counter[str] = field(default_factory=Counter[str])
    ids: set[str] = field(default_factory=set[str])
    """Of the orders that are confirmed."""


async def buy(port: int, body: bytes, delay_s: float, until: float, bought: Bought) -> None:
    """Order again and again until that time, beginning after the delay. Wait as long as Retry-After says."""
    await asyncio.sleep(delay_s)
    client = Client(port, timeout_s=30)
    while time.monotonic() < until:
        try:
            answer = await client.request("POST", f"{API}/orders", body)
        except Cut:
            bought.answers["cut"] += 1
            continue
        if answer.status == 201:
            bought.answers["201"] += 1
            bought.ids.add(msgspec.json.decode(answer.body)["data"]["id"])
        else:
            bought.answers[f"{answer.status} {msgspec.json.decode(answer.body)['error']['code']}"] += 1
            if answer.status == 503:
                await asyncio.sleep(float(answer.header("retry-after") or 0.1))
    client.close()


async def run(plan: Plan, database_url: str, redis_url: str) -> tuple[Findings, list[tuple[str, str, str]]]:
    """Run a plan on an empty, migrated database; the findings and the rows of the table."""
    findings, bought = Findings(), Bought()
    variables = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "WORKERS": "2", "LOG_FORMAT": "json"}
    async with running(variables) as service:
        category = await fill_shelf(service.port, products=50)
        client = Client(service.port, timeout_s=10)
        fields = {"name": "Hot", "price": 9.9, "category_id": category, "stock_quantity": _STOCK}
        product = await made(client, "/products", fields)
        bodies = [await _order_body(client, number, product) for number in range(_CUSTOMERS)]
        client.close()
        quiet = await _flow(service.port, plan, "/api/v1/products?page_size=20")
        until = time.monotonic() + plan.seconds
        buyers = [
            asyncio.create_task(
                buy(
                    service.port,
                    bodies[number % _CUSTOMERS],
                    number / plan.buyers * plan.arrival_s,
                    until,
                    bought,
                )
            )
            for number in range(plan.buyers)
        ]
        loaded, ready = await asyncio.gather(
            _flow(service.port, plan, "/api/v1/products?page_size=20"),
            _flow(service.port, plan, "/health/ready"),
        )
        await asyncio.gather(*buyers)
    for line in service.faults:
        findings.violation("fault in the log", line[:2000])
    for failure in (*quiet.failures, *loaded.failures, *ready.failures):
        findings.violation("failed", failure)
    _compare(findings, database_url, product, bought)
    return findings, _judge(plan, findings, quiet, loaded, ready, bought)


async def _order_body(client: Client, number: int, product: str) -> bytes:
    person: dict[str, object] = {"name": f"Buyer {number}", "email": f"buyer{number}@example.org"}
    customer = await made(client, "/customers", person)
    return msgspec.json.encode({"customer_id": customer, "items": [{"product_id": product, "quantity": 1}]})


async def _flow(port: int, plan: Plan, path: str) -> Flow:
    return await steady(port, [path], per_second=plan.per_second, seconds=plan.seconds)


def _compare(findings: Findings, database_url: str, product: str, bought: Bought) -> None:
    """Compare the tables with the answers. An order without an answer may be there or not."""
    rows = Rows(database_url)
    rows.wait_until_quiet()
    stored = {rows.id(id_) for (id_,) in rows.of("SELECT id FROM orders")}
    for missing in bought.ids - stored:
        findings.violation("lost order", missing)
    doubtful = sum(bought.answers[answer] for answer in _DOUBTFUL)
    for answer in bought.answers.keys() - _EXPECTED - _DOUBTFUL:
        findings.violation("wrong status", f"an order is answered with {answer}")
    if len(stored) > len(bought.ids) + doubtful:
        findings.violation("doubled order", f"{len(stored)} in the table, {len(bought.ids)} are confirmed")
    ((stock, sold),) = rows.of(
        f"SELECT stock_quantity, total_sold FROM products WHERE id = UNHEX(REPLACE('{product}', '-', ''))"
    )
    if stock + sold != _STOCK or sold != len(stored):
        findings.violation("wrong sum", f"stock {stock}, sold {sold}, {len(stored)} orders of 1 piece")
    for told in wrong_summaries(database_url):
        findings.violation("wrong summary", told)


def _judge(
    plan: Plan, findings: Findings, quiet: Flow, loaded: Flow, ready: Flow, bought: Bought
) -> list[tuple[str, str, str]]:
    before, after = percentile(quiet.seconds, 0.99), percentile(loaded.seconds, 0.99)
    figure = f"{before * 1000:.1f} -> {after * 1000:.1f} ms ({after / before:.2f} times)"
    if after > ALLOWED_RATIO * before + plan.noise_s:
        findings.violation("slowed down", f"list: {figure}")
    answers = ", ".join(f"{answer}: {count}" for answer, count in bought.answers.most_common())
    return [
        ("buyers", f"{plan.buyers} for {plan.seconds:g} s", ""),
        ("answers to them", answers, ""),
        ("p99 of a list", figure, f"{ALLOWED_RATIO:g} times"),
        ("p99 of /health/ready", f"{percentile(ready.seconds, 0.99) * 1000:.1f} ms", ""),
        ("violations", str(findings.violations.total()), "0"),
    ]


def main(argv: Sequence[str]) -> int:
    """Run `hot` with the options of the command line; the exit status."""
    parser = argparse.ArgumentParser(
        prog="just faults hot", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--buyers", type=int, default=300, help="(default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=10, help="(default: %(default)s)")
    parser.add_argument(
        "--arrival", type=float, default=1, help="seconds within which the buyers come (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, help="is ignored: nothing is random here")
    parser.add_argument("--stores", choices=WAYS, default="auto", help="where MySQL and Redis come from")
    options = parser.parse_args(argv)
    plan = Plan(options.buyers, options.seconds, options.arrival)
    console = Console()
    with session_stores(options.stores) as stores, scratch_database(stores.mysql_url) as url:
        upgrade(url)
        findings, rows = asyncio.run(run(plan, url, stores.redis_url))
    print_table(console, "hot", rows)
    console.print(findings.told(), highlight=False, markup=False)
    return 0 if findings.passed else 1
