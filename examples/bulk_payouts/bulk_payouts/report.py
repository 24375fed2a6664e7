"""Say what became of the payouts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from plexy_pay import Money, PlexyPay

from .ledger import Ledger, State

_ENDS = ("paid", "failed")
_FOR_A_PERSON: tuple[State, ...] = ("refused", "person")


def ask_for_statuses(ledger: Ledger, client: PlexyPay) -> None:
    """Ask what became of the orders, and write it down.

    An order that the API has taken is `created`, and later `paid` or `failed`. The webhooks `payment_order.*` are the
    source of truth; this is for those who have none.

    Raises:
        PlexyError: if the list cannot be read.
    """
    open_orders = {
        row.reference for row in ledger.rows("sent") if row.order_status not in _ENDS
    }
    found: dict[str, str] = {}
    if open_orders:
        for order in client.settlement_orders.list():
            reference = order.request_id
            if isinstance(reference, str) and reference in open_orders:
                found[reference] = str(order.status)
            if len(found) == len(open_orders):
                break
    ledger.record_statuses(found)


def is_well(ledger: Ledger) -> bool:
    """Return whether no person has to look at anything."""
    return not any(_for_a_person(ledger))


def report(ledger: Ledger) -> Iterator[str]:
    """Yield the lines of a report on all payouts of the ledger."""
    for state, count in ledger.counts().items():
        if count:
            yield f"{state:>8} {count:>7,}   {_totals(ledger, state)}"
    statuses = Counter(str(row.order_status) for row in ledger.rows("sent"))
    for status, count in sorted(statuses.items()):
        yield f"{count:,} of the orders that were sent are {status}"
    lines = list(_for_a_person(ledger))
    if lines:
        yield "A person has to look at:"
        yield from lines


def _totals(ledger: Ledger, state: State) -> str:
    """Return what the payouts in a state amount to, in each currency."""
    totals: dict[str, Money] = {}
    for row in ledger.rows(state):
        before = totals.get(row.currency, Money(0, row.currency))
        totals[row.currency] = before + Money(row.amount, row.currency)
    return ", ".join(str(totals[currency]) for currency in sorted(totals))


def _for_a_person(ledger: Ledger) -> Iterator[str]:
    for row in ledger.rows(*_FOR_A_PERSON):
        yield f"  {row.reference}: {row.state}: {row.note}"
    for row in ledger.rows("sent"):
        if row.order_status == "failed":
            yield f"  {row.reference}: the order {row.order_id} failed: it was not paid"
