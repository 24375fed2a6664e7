"""Many payments among faults: each order must be paid once, and only once, whatever the network does.

Each worker follows the order that the documentation gives: save what identifies the call, call, save the result.
What ends with an unknown outcome is put aside and reconciled; only what was not found is paid again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from helpers.calls import set_pace
from plexy_pay import (
    AsyncPlexyPay,
    Executed,
    NotExecuted,
    OutcomeUnknownError,
    PlexyError,
    PlexyPay,
    Reconciliation,
    cards,
)
from plexy_pay._core.retries import Pace
from plexy_pay._core.types import Timeout
from plexy_pay.models import CardData, Transaction, TransactionResponse

from .children import Child, serve_sandbox
from .proxy import serve_proxy

KEY = "pr_sandbox"
CHARGED = ("charged", "TRANSACTION_STATUS_CHARGED")
AHEAD = 3600.0
"""By how many seconds the clocks of the sandbox and of the clients are ahead of the first payment.

A list whose rows are all young proves nothing.
"""
FIRST = "FIRST"
"""The order reference of that payment."""
MOST_ROUNDS = 20
"""A round leaves a tenth of its orders open at most: far fewer rounds are needed."""


class Hurried(Pace):
    """Wait briefly between retries, by the clock of the sandbox."""

    def time(self) -> float:
        return time.time() + AHEAD

    def random(self) -> float:
        return random.random() / 50


@dataclass(frozen=True)
class Plan:
    """How much is done at once.

    Attributes:
        payments: How many orders are paid.
        threads: How many threads share the sync client; they pay half of the orders.
        tasks: How many tasks share the async client; they pay the other half.
        seed: What decides about the faults.
        patience: The read timeout of the clients, in seconds.
    """

    payments: int = 10_000
    threads: int = 16
    tasks: int = 64
    seed: int = 1
    patience: float = 5.0


@dataclass
class Order:
    """One order, and what the merchant has written down about it.

    Attributes:
        name: Its own; each attempt to pay it has a reference made of it.
        amount: In tenge.
        attempts: How often it was sent.
        saved: What was saved before the call that is open, for the look-up.
        transaction_id: The payment, once it is known to be made.
    """

    name: str
    amount: int
    attempts: int = 0
    saved: dict[str, Any] | None = None
    transaction_id: str | None = None

    def facts(self) -> dict[str, Any]:
        """What the next attempt can be looked up by."""
        self.attempts += 1
        return {
            "order_reference": f"{self.name}-{self.attempts}",
            "amount": self.amount,
        }


def arguments(facts: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a payment."""
    kind: dict[str, Any] = {
        "transaction_type": "sale",
        "payment_method": "card",
        "skip_three_ds": True,
    }
    kind["order_details"] = {**facts, "currency": "KZT"}
    return kind


@dataclass
class Result:
    """The counts of a run.

    Attributes:
        plan: What was to be done.
        calls: How many payments were sent, those that were sent again included.
        exchanges: How many requests met each fault of the proxy, or `none`.
        errors: The errors of the payments, by outcome and class.
        reconciled: The responses of the look-ups.
        paid_once: Orders that the sandbox's ledger has one payment for.
        paid_twice: Orders that it has more than one for.
        lost: Orders that it has none for.
        undetermined: Orders whose outcome stayed open.
        wrong: Payments in the ledger that nobody ordered, or that the merchant has written down otherwise.
        rounds: How often what was not done was paid again.
        seconds: How long it took.
    """

    plan: Plan
    calls: int = 0
    exchanges: Counter[str] = field(default_factory=Counter[str])
    errors: Counter[str] = field(default_factory=Counter[str])
    reconciled: Counter[str] = field(default_factory=Counter[str])
    paid_once: int = 0
    paid_twice: int = 0
    lost: int = 0
    undetermined: int = 0
    wrong: int = 0
    rounds: int = 0
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether every order was paid exactly once, and the merchant knows it."""
        return self.paid_once == self.plan.payments and not (
            self.paid_twice or self.lost or self.undetermined or self.wrong
        )

    def lines(self) -> Iterator[str]:
        """The counts, for a person."""
        faults = self.exchanges.total() - self.exchanges["none"]
        share = faults / max(self.exchanges.total(), 1)
        plan = self.plan
        yield f"{plan.payments:,} orders, {plan.threads} threads and {plan.tasks} tasks, seed {plan.seed}"
        yield f"  payments sent            {self.calls:>7,}  in {self.rounds} rounds"
        yield f"  requests                 {self.exchanges.total():>7,}"
        yield f"  faults                   {faults:>7,}  {share:.1%}"
        yield from _counts(self.exchanges, skip="none")
        yield f"  errors of payments       {self.errors.total():>7,}"
        yield from _counts(self.errors)
        yield f"  look-ups of what is open {self.reconciled.total():>7,}"
        yield from _counts(self.reconciled)
        yield f"  paid once                {self.paid_once:>7,}"
        yield f"  paid twice               {self.paid_twice:>7,}"
        yield f"  lost                     {self.lost:>7,}"
        yield f"  still undetermined       {self.undetermined:>7,}"
        yield f"  wrong in the books       {self.wrong:>7,}"
        yield f"  took                     {self.seconds:>7.0f} s"


def _counts(counts: Counter[str], skip: str = "") -> Iterator[str]:
    for name, count in sorted(counts.items()):
        if name != skip:
            yield f"    {name:<40} {count:>7,}"


Settle = Callable[["Run", list[Order]], list[Order]]
"""What a merchant does with open orders: it gives back those that are to be paid again."""


class Run:
    """One run of a plan.

    Args:
        plan: What to do.
        sandbox: The origin of the sandbox.
        proxy: The proxy before it.
    """

    def __init__(self, plan: Plan, sandbox: str, proxy: Child) -> None:
        self.result = Result(plan)
        self._plan = plan
        self._sandbox = sandbox
        self._proxy = proxy
        self._card = card_of(sandbox)
        dice = random.Random(plan.seed)
        self._orders = [
            Order(f"ORD-{plan.seed}-{number}", dice.randrange(100, 20_000))
            for number in range(plan.payments)
        ]

    def go(self, settle: Settle) -> Result:
        """Pay all orders, settle what stays open, and ask the ledger."""
        started = time.monotonic()
        self._pay_long_ago()
        wanted = self._orders
        while wanted and self.result.rounds < MOST_ROUNDS:
            self.result.rounds += 1
            open_ = self.pay(wanted)
            again = settle(self, open_)
            # What is neither paid nor open was refused, or never left: it is safe to pay it again.
            refused = [
                order
                for order in wanted
                if order.transaction_id is None and order.saved is None
            ]
            wanted = list({order.name: order for order in [*refused, *again]}.values())
        self._ask_the_ledger()
        self.result.seconds = time.monotonic() - started
        return self.result

    def _pay_long_ago(self) -> None:
        """Pay once, an hour before all other payments by the sandbox's clock."""
        with PlexyPay(KEY, base_url=self._sandbox) as client:
            first = arguments({"order_reference": FIRST, "amount": 100})
            client.direct_payments.create(**first, card_data=self._card)
        moving = {"seconds": AHEAD}
        httpx.post(
            f"{self._sandbox}/_sandbox/advance", json=moving, trust_env=False
        ).raise_for_status()

    def pay(self, orders: list[Order]) -> list[Order]:
        """Pay each order once, among faults; gives those whose outcome is unknown."""
        self.result.calls += len(orders)
        half = len(orders) // 2
        with self.faults() as origin, ThreadPoolExecutor(self._plan.threads) as pool:
            with self.client(PlexyPay, origin) as client:
                by_threads = [
                    pool.submit(self._pay_one, client, order) for order in orders[:half]
                ]
                asyncio.run(self._pay_by_tasks(origin, iter(orders[half:])))
                for future in by_threads:
                    future.result()
        return [
            order
            for order in orders
            if order.saved is not None and order.transaction_id is None
        ]

    @contextmanager
    def faults(self) -> Iterator[str]:
        """The origin of the proxy. When it is left, no request is on its way any more."""
        yield self._proxy.origin
        self._proxy.restart()

    def client(self, kind: type[Any], origin: str) -> Any:
        """A client whose waits between retries are short, and whose clock is that of the sandbox."""
        client = kind(
            KEY,
            base_url=origin,
            environment="test",
            timeout=Timeout(read=self._plan.patience),
        )
        set_pace(client, Hurried())
        return client

    def _pay_one(self, client: PlexyPay, order: Order) -> None:
        facts = order.facts()
        order.saved = client.save_call("direct_payments.create", **facts)
        try:
            self._note(
                order,
                client.direct_payments.create(**arguments(facts), card_data=self._card),
            )
        except PlexyError as error:
            self._note(order, error)

    async def _pay_by_tasks(self, origin: str, orders: Iterator[Order]) -> None:
        async def worker(client: AsyncPlexyPay) -> None:
            for order in orders:
                facts = order.facts()
                order.saved = await client.save_call("direct_payments.create", **facts)
                call = client.direct_payments.create
                try:
                    self._note(
                        order, await call(**arguments(facts), card_data=self._card)
                    )
                except PlexyError as error:
                    self._note(order, error)

        async with (
            self.client(AsyncPlexyPay, origin) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(self._plan.tasks):
                group.create_task(worker(client))

    def _note(self, order: Order, result: Any) -> None:
        """Save the result of a call."""
        if not isinstance(result, PlexyError):
            order.transaction_id = result.id
            return
        cause = result.cause if isinstance(result, OutcomeUnknownError) else result
        self.result.errors[f"{result.outcome}: {type(cause).__name__}"] += 1
        # When the call ended is known now: it need not be waited for as long as for one whose worker died.
        order.saved = (
            result.saved_call if isinstance(result, OutcomeUnknownError) else None
        )

    def reconcile(self, orders: list[Order]) -> list[Order]:
        """Look up open orders, among faults, and what stays open once more in quiet; gives those to pay again."""
        with self.faults() as origin:
            self._look_up(origin, orders)
        open_ = [
            order
            for order in orders
            if order.saved is not None and order.transaction_id is None
        ]
        self._look_up(self._sandbox, open_)
        self.result.undetermined += sum(
            order.transaction_id is None and order.saved is not None for order in orders
        )
        return [order for order in orders if order.saved is None]

    def _look_up(self, origin: str, orders: list[Order]) -> None:
        """Half of them with each client, both at once."""
        half = len(orders) // 2
        # The proxy has another port each time; behind it are the same books.
        saved = [{**(order.saved or {}), "origin": origin} for order in orders]

        def by_sync() -> list[Reconciliation]:
            with self.client(PlexyPay, origin) as client:
                return client.reconcile_all(saved[:half], min_age=0)

        async def by_async() -> list[Reconciliation]:
            async with self.client(AsyncPlexyPay, origin) as client:
                return await client.reconcile_all(saved[half:], min_age=0)

        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(by_sync)
            second = asyncio.run(by_async())
            responses = [*first.result(), *second]
        for order, response in zip(orders, responses, strict=True):
            self.result.reconciled[type(response).__name__] += 1
            if isinstance(response, Executed):
                assert isinstance(
                    response.transaction, (Transaction, TransactionResponse)
                )
                found = response.transaction.transaction_id
                # The sandbox shows it; of the API nobody has seen it.
                assert isinstance(found, str)
                order.transaction_id = found
            elif isinstance(response, NotExecuted):
                order.saved = None

    def _ask_the_ledger(self) -> None:
        """Compare the books with the sandbox's own list of transactions."""
        ledger: dict[str, list[dict[str, Any]]] = {
            order.name: [] for order in self._orders
        }
        for row in _transactions(self._sandbox):
            if row["orderReference"] == FIRST:
                continue
            payments = ledger.get(row["orderReference"].rpartition("-")[0])
            if payments is None:
                self.result.wrong += 1
            else:
                payments.append(row)
                self.result.wrong += row["status"] not in CHARGED
        for order in self._orders:
            payments = ledger[order.name]
            self.result.paid_once += len(payments) == 1
            self.result.paid_twice += len(payments) > 1
            self.result.lost += not payments
            known = (order.transaction_id, order.amount)
            if len(payments) == 1 and known != (
                payments[0]["transactionId"],
                payments[0]["amount"],
            ):
                self.result.wrong += 1


def card_of(sandbox: str) -> CardData:
    """A card, encrypted for this sandbox."""
    with PlexyPay(KEY, base_url=sandbox) as client:
        key = client.direct_payments.keys()
    year = datetime.now(UTC).year + 3
    card = cards.Card(
        number="4111111111111111",
        expiry_month=7,
        expiry_year=year,
        cvv="123",
        holder="ALIYA SAMPLE",
    )
    return card.encrypt(key, padding=cards.Padding.OAEP_SHA256)


def _transactions(origin: str) -> Iterable[dict[str, Any]]:
    """All rows of the sandbox's list of transactions."""
    with httpx.Client(
        base_url=origin, headers={"Authorization": KEY}, trust_env=False
    ) as http:
        for page in range(1, 1_000_000):
            rows: list[dict[str, Any]] = (
                http.get("/v1/transactions", params={"page": page})
                .raise_for_status()
                .json()["data"]
            )
            yield from rows
            if not rows:
                return


def by_reconciling(run: Run, orders: list[Order]) -> list[Order]:
    """The documented way: look up, and pay again only what was not found."""
    return run.reconcile(orders)


def run(plan: Plan, settle: Settle = by_reconciling) -> Result:
    """Carry out a plan against a fresh sandbox."""
    with Child(serve_sandbox) as sandbox:
        with Child(serve_proxy, sandbox.origin, plan.seed) as proxy:
            result = Run(plan, sandbox.origin, proxy).go(settle)
        result.exchanges.update(proxy.report)
        return result
