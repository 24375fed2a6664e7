"""Payments while the sandbox is killed: with a file for its state, nothing that it has acknowledged is ever missing.

Workers make, pay, capture and refund links, and note each response with success. In between the process is killed as
`kill -9` does, at moments that a number decides, and started again with the same file. Each time all that was noted
must be there, and nothing twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from helpers.sandbox_process import SandboxProcess

_PATIENCE = 600.0
_AUTHORIZED, _CHARGED = "TRANSACTION_STATUS_AUTHED", "TRANSACTION_STATUS_CHARGED"
_ORDER = [_AUTHORIZED, _CHARGED, "refunded"]
"""The statuses of a payment on its way, as the list of transactions spells them."""


@dataclass(frozen=True)
class Plan:
    """How much is paid, and how often the sandbox is killed meanwhile.

    Args:
        payments: The links that are paid.
        kills: How often the process is killed.
        threads: The workers.
        seed: What decides about the moments.
    """

    payments: int = 1000
    kills: int = 4
    threads: int = 4
    seed: int = 20261130

    def moments(self) -> list[int]:
        """Return after how many links the process is killed."""
        dice = random.Random(self.seed)
        return sorted(
            dice.sample(range(self.payments // 10, self.payments), self.kills)
        )


@dataclass
class Book:
    """What the sandbox has acknowledged: links, payments, captures and refunds, by the id of the link."""

    links: dict[str, str] = field(default_factory=dict[str, str])
    payments: dict[str, str] = field(default_factory=dict[str, str])
    refunds: dict[str, str] = field(default_factory=dict[str, str])

    def pay(self, http: httpx.Client, name: str) -> None:
        """Make, pay, capture and refund a link, and note each response with success."""
        body = {"amount": 100, "currency": "KZT", "orderReference": name}
        link = _read(http.post("/v1/payment-links", json=body))["id"]
        self.links[link] = name
        http.post(f"/{link}/pay").raise_for_status()
        self.payments[link] = _AUTHORIZED
        payment = _read(http.get(f"/v1/transactions/by-payment-link/{link}"))
        path = f"/v1/payments/{payment['paymentId']}"
        http.post(f"{path}/capture", json={}).raise_for_status()
        self.payments[link] = _CHARGED
        self.refunds[link] = _read(http.post(f"{path}/refund", json={}))["id"]
        self.payments[link] = "refunded"

    def faults(self, http: httpx.Client) -> list[str]:
        """Return what is missing of all that was acknowledged, and what is there twice."""
        links = {link["id"]: link for link in _rows(http, "/v1/payment-links")}
        transactions: dict[str, list[Any]] = {}
        for row in _rows(http, "/v1/transactions"):
            transactions.setdefault(row["orderReference"], []).append(row)
        names = [link["orderReference"] for link in links.values()]
        found = [
            f"{name} is there twice" for name in set(names) if names.count(name) > 1
        ]
        for link, name in self.links.items():
            if link not in links:
                found.append(f"the link of {name} is missing")
        for link, status in self.payments.items():
            name = self.links[link]
            found += _faults_of(name, status, transactions.get(name, []))
        for link, refund in self.refunds.items():
            name = self.links[link]
            if refund not in [
                row["transactionId"] for row in transactions.get(name, [])
            ]:
                found.append(f"the refund of {name} is missing")
        return found


@dataclass(frozen=True)
class Result:
    """What was seen.

    Args:
        refunded: The payments that were acknowledged to their end.
        kills: How often the process was killed.
        seconds: How long each start took, the first included.
        faults: What was missing, or there twice.
    """

    refunded: int
    kills: int
    seconds: list[float]
    faults: list[str]

    def lines(self) -> list[str]:
        """Return the counts, for a reader."""
        starts = ", ".join(f"{seconds:.1f}" for seconds in self.seconds)
        return [
            f"{self.refunded} payments were acknowledged to their end, with {self.kills} kills in between.",
            f"The starts of the sandbox took {starts} s.",
            *self.faults,
        ]


def run(directory: Path, plan: Plan) -> Result:
    """Pay while the sandbox is killed, and look after each start for what was acknowledged.

    Args:
        directory: Where the file of the sandbox is made.
        plan: How much is paid, and how often the process is killed.
    """
    db, book = directory / "state.db", Book()
    names = iter([f"ORD-{number}" for number in range(plan.payments)])
    seconds: list[float] = []
    faults: list[str] = []
    for moment in (*plan.moments(), plan.payments):
        with _started(db, seconds) as process:
            faults += book.faults(process.client())
            _pay_until(moment, process, book, names, plan)
    with _started(db, seconds) as process:
        faults += book.faults(process.client())
    return Result(len(book.refunds), plan.kills, seconds, faults)


def _started(db: Path, seconds: list[float]) -> SandboxProcess:
    begun = time.monotonic()
    process = SandboxProcess(db)
    process.base_url()
    seconds.append(time.monotonic() - begun)
    return process


def _pay_until(
    moment: int,
    process: SandboxProcess,
    book: Book,
    names: Iterator[str],
    plan: Plan,
) -> None:
    """Pay until so many links were made, then kill the process in the middle of it all."""
    client, reached = process.client(), Event()

    def work() -> None:
        try:
            for name in names:
                book.pay(client, name)
                if len(book.links) >= moment:
                    return
        except httpx.TransportError:
            # The process was killed in the middle of this payment.
            return
        finally:
            reached.set()

    with ThreadPoolExecutor(plan.threads) as threads:
        workers = [threads.submit(work) for _ in range(plan.threads)]
        reached.wait(_PATIENCE)
        if moment < plan.payments:
            process.kill()
    for worker in workers:
        worker.result()


def _faults_of(name: str, status: str, rows: list[Any]) -> list[str]:
    """Return what is wrong with a payment that had come as far as a status."""
    if not rows:
        return [f"the payment of {name} is missing"]
    # The newest comes first: a refund before its payment.
    *refunds, payment = rows
    found: list[str] = []
    # What was not acknowledged may have been done, so a payment may have come further.
    if _ORDER.index(payment["status"]) < _ORDER.index(status):
        found.append(f"{name} is {payment['status']}, and was {status}")
    if len(refunds) != int(payment["status"] == "refunded"):
        found.append(f"{name} has {len(refunds)} refunds and is {payment['status']}")
    return found


def _rows(http: httpx.Client, path: str) -> list[Any]:
    """Return all rows of a list."""
    rows: list[Any] = []
    while True:
        query = {"size": 1000, "page": len(rows) // 1000 + 1}
        page = _read(http.get(path, params=query))
        rows += page["data"]
        if len(rows) == page["total"]:
            return rows


def _read(response: httpx.Response) -> Any:
    return response.raise_for_status().json()
