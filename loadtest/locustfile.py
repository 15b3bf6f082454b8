"""What a chain of bakeries asks of Banneton on a busy morning.

Tills sell the tickets of tickets.csv in their order, look at the price book and at what is left;
the office reads stock and reports. Every answer is judged by what it says and by who asked, not by
its status alone. The run fails when it misses the gate of its profile: docs/load-test.md.
"""

import csv
import itertools
import os
import random
import secrets
import time
import uuid
from decimal import Decimal
from pathlib import Path

from locust import HttpUser, between, events, task

API = "/api/v1"
COST_FIELDS = {"cost", "value", "margin", "unitCost", "totalCost"}


@events.init_command_line_parser.add_listener
def add_gate(parser):
    gate = parser.add_argument_group("gate")
    gate.add_argument("--gate-p95-ms", type=float, default=500, help="slowest p95 of all answers")
    gate.add_argument("--gate-errors", type=float, default=0.001, help="largest share of failures")
    gate.add_argument("--gate-per-second", type=float, default=0, help="fewest requests a second")


@events.quitting.add_listener
def judge(environment, **_):
    total = environment.stats.total
    options = environment.parsed_options
    p95 = total.get_response_time_percentile(0.95) or 0
    per_second = total.total_rps
    wrong = []
    if total.num_requests == 0:
        wrong.append("nothing was asked")
    if p95 >= options.gate_p95_ms:
        wrong.append(f"p95 {p95:.0f} ms is not under {options.gate_p95_ms:.0f} ms")
    # A small run has no room for a share: one failure in it is one too many.
    if total.fail_ratio > options.gate_errors:
        wrong.append(f"{total.fail_ratio:.3%} failed, more than {options.gate_errors:.3%}")
    if per_second < options.gate_per_second:
        wrong.append(f"{per_second:.1f} requests/s, fewer than {options.gate_per_second:.1f}")
    if wrong:
        print("GATE FAILED: " + "; ".join(wrong))
        environment.process_exit_code = 1
    else:
        print(f"gate passed: p95 {p95:.0f} ms, {per_second:.1f} requests/s, {total.num_failures} failed")


def tickets():
    """The lines of each ticket, in the order they were rung up."""
    with (Path(__file__).parent / "tickets.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [list(lines) for _, lines in itertools.groupby(rows, key=lambda row: row["ticket"])]


TICKETS = tickets()
STARTS = itertools.count(step=17)


def new_id():
    """A UUIDv7 (RFC 9562, 5.7)."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


class Caller(HttpUser):
    abstract = True
    key = ""

    def on_start(self):
        self.client.headers["authorization"] = f"Bearer {self.key}"
        self.site = self.read("/sites")["data"][0]

    def read(self, path, name=None, judge=lambda body: None):
        """Reads JSON; `judge` answers what is wrong with it, if anything is."""
        with self.client.get(API + path, name=name or path, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}: {answer.text[:200]}")
                return {"data": []}
            body = answer.json()
            problem = judge(body)
            if problem:
                answer.failure(problem)
            return body

    def refused(self, path, name):
        """Asks for what this key may not see: anything but a 403 problem is a failure."""
        with self.client.get(API + path, name=name, catch_response=True) as answer:
            is_problem = answer.headers.get("content-type") == "application/problem+json"
            if answer.status_code == 403 and is_problem:
                answer.success()
            else:
                answer.failure(f"{answer.status_code} for a key that may not see it")


def hides_costs(body):
    rows = body.get("data", [body])
    seen = {field for row in rows for field in row if field in COST_FIELDS}
    return f"a till sees {sorted(seen)}" if seen else None


class Till(Caller):
    weight = 8
    wait_time = between(0.2, 1.0)
    key = os.environ.get("BANNETON_TILL_KEY", "")

    def on_start(self):
        super().on_start()
        tills = self.read(f"/tills?siteId={self.site['id']}", name="/tills")["data"]
        self.till = random.choice(tills) if tills else None
        self.prices = {}
        self.browse()
        # Each till begins elsewhere in the day.
        self.tickets = itertools.cycle(TICKETS)
        for _ in range(next(STARTS) % len(TICKETS)):
            next(self.tickets)

    @task(3)
    def browse(self):
        page = self.read(
            "/items?kind=product&limit=200",
            name="/items (price book)",
            judge=lambda body: hides_costs(body) or (None if body["data"] else "no products"),
        )
        self.prices = {
            item["name"]: (item["id"], Decimal(item["price"]))
            for item in page["data"]
            if item["price"] is not None and not item["archived"]
        } or self.prices

    @task(10)
    def sell(self):
        lines = [line for line in next(self.tickets) if line["item"] in self.prices]
        if not lines:
            return
        total = sum(Decimal(line["quantity"]) * self.prices[line["item"]][1] for line in lines)
        sale = {
            "id": new_id(),
            "siteId": self.site["id"],
            "onShort": "record",
            "lines": [
                {"itemId": self.prices[line["item"]][0], "quantity": line["quantity"]}
                for line in lines
            ],
            "payments": [{"method": "card", "amount": str(total)}],
        }
        if self.till:
            sale["tillId"] = self.till["id"]
        receipt = self.ring_up(sale, total)
        # A till that did not hear the answer sends the sale again.
        if receipt and random.random() < 0.05:
            again = self.ring_up(sale, total, name="/sales (sent again)")
            if again and again["receiptNumber"] != receipt["receiptNumber"]:
                raise AssertionError("a sale that was sent twice was rung up twice")

    def ring_up(self, sale, total, name="/sales"):
        with self.client.post(f"{API}/sales", json=sale, name=name, catch_response=True) as answer:
            if answer.status_code not in (200, 201):
                answer.failure(f"{answer.status_code}: {answer.text[:300]}")
                return None
            body = answer.json()
            problem = hides_costs(body)
            if body["id"] != sale["id"] or len(body["lines"]) != len(sale["lines"]):
                problem = "another sale came back"
            elif Decimal(body["total"]) != total:
                problem = f"{body['total']} instead of {total}"
            elif self.till and not isinstance(body["receiptNumber"], int):
                problem = "no receipt number"
            if problem:
                answer.failure(problem)
            return body

    @task(2)
    def look_at_the_shelf(self):
        self.read(
            f"/stock?siteId={self.site['id']}&limit=100",
            name="/stock (till)",
            judge=lambda body: hides_costs(body) or (None if body["data"] else "no stock"),
        )

    @task(1)
    def ask_for_reports(self):
        self.refused("/reports/sales/days", name="/reports (till, refused)")


class Office(Caller):
    weight = 2
    wait_time = between(1, 3)
    key = os.environ.get("BANNETON_OFFICE_KEY", "")

    @task(3)
    def stock(self):
        self.read(
            f"/stock?siteId={self.site['id']}&limit=200",
            name="/stock (office)",
            judge=lambda body: None if all("value" in row for row in body["data"]) else "no values",
        )

    @task(2)
    def days(self):
        self.read(
            "/reports/sales/days?limit=60",
            name="/reports/sales/days",
            judge=lambda body: None if all("margin" in row for row in body["data"]) else "no margin",
        )

    @task(1)
    def best(self):
        self.read("/reports/best-sellers?limit=20", name="/reports/best-sellers")

    @task(1)
    def sales(self):
        self.read(
            f"/sales?siteId={self.site['id']}&limit=50",
            name="/sales (list)",
            judge=lambda body: None if body["data"] else "no sales",
        )
