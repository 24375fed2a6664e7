"""Pay one payout after another, and find out what became of calls that nobody heard of.

`settlement_orders.create` is documented to take a `request_id` that prevents duplicates. The reference of a payout is
that id, so to send the same payout again pays once. Payouts to cards (`payouts.create`) have no such key, and nothing
finds them afterwards: after a lost response only a person can tell. They cannot be paid by a program like this one.
"""

from __future__ import annotations

import time
from datetime import datetime
from functools import cache
from uuid import uuid4

from plexy_pay import (
    UNSET,
    AuthenticationError,
    Executed,
    InvalidParameterError,
    NotExecuted,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlexyError,
    PlexyPay,
    RateLimitError,
    Undetermined,
)
from plexy_pay.models import SettlementPaymentOrder

from .ledger import Claimed, Ledger, SavedCall, open_ledger
from .payout import Payout

CHUNK = 20
"""How many payouts a task sends at most."""
MOST_ATTEMPTS = 5
"""How often a payout is sent before a person has to look."""
KEY_LIFETIME = 24 * 60 * 60.0
"""For how many seconds we rely on the `request_id` of a call. How long the API keeps it is not documented."""


@cache
def plexy() -> PlexyPay:
    """Return the client of this process, for all of its threads. Its key is in PLEXY_API_KEY."""
    return PlexyPay()


def work(address: str, lease: float) -> int:
    """Pay some payouts, and return how many. This is the task of a thread, and of a Dask worker.

    It is given no payout but takes them from the ledger. So it does no harm that Dask runs it again after a worker's
    death: it goes on with the next ones.

    Raises:
        PlexyError: if a call failed for a reason that all further ones would meet. Nothing was sent of that payout.
    """
    ledger, worker = open_ledger(address, lease), uuid4().hex
    paid = 0
    while paid < CHUNK and pay_next(ledger, plexy(), worker):
        paid += 1
    return paid


def pay_next(ledger: Ledger, client: PlexyPay, worker: str) -> bool:
    """Pay the next planned payout, and return whether there was one."""

    def save_call(reference: str) -> SavedCall:
        return client.save_call("settlement_orders.create", idempotency_key=reference)

    claimed = ledger.claim(worker, save_call)
    if claimed is None:
        return False
    since = claimed.unclear_since
    if since is not None and time.time() - since >= KEY_LIFETIME:
        # It was planned again, and waited longer than its key protects it.
        note = "An earlier call may have paid it, and its key may be forgotten."
        ledger.record(claimed, "person", unclear_since=since, note=note)
        return True
    payout = claimed.payout
    try:
        order = client.settlement_orders.create(
            request_id=payout.reference,
            beneficiary_id=payout.beneficiary_id,
            amount=payout.number,
            currency=payout.money.currency,
        )
    except OutcomeUnknownError as error:
        # The client has repeated the call already, with the same request_id.
        ledger.record(
            claimed, "unknown", unclear_since=claimed.unclear_since, note=str(error)
        )
    except PlexyError as error:
        _record_failure(ledger, claimed, error)
    else:
        _record_order(ledger, claimed, order)
    return True


def _record_failure(ledger: Ledger, claimed: Claimed, error: PlexyError) -> None:
    """Write down a call that made no order.

    Raises:
        PlexyError: if it is no fault of this payout: the network, the key, too many calls.
    """
    if _concerns_all(error):
        ledger.record(
            claimed, "planned", unclear_since=claimed.unclear_since, note=str(error)
        )
        raise error
    # An earlier call of the same payout may have made the order that this one did not.
    is_certain = claimed.unclear_since is None
    ledger.record(claimed, "refused" if is_certain else "person", note=str(error))


def _concerns_all(error: PlexyError) -> bool:
    """Return whether the next payout would fail in the same way."""
    if isinstance(error, (AuthenticationError, PermissionDeniedError, RateLimitError)):
        return True
    return error.outcome == "not_sent" and not isinstance(error, InvalidParameterError)


def _record_order(
    ledger: Ledger, claimed: Claimed, order: SettlementPaymentOrder
) -> None:
    """Write down the order that the API has, which is another one if the reference was used before."""
    is_ours = _is_order_of(order, claimed.payout)
    ledger.record(
        claimed,
        "sent" if is_ours else "person",
        order_id=order.id or None,
        order_status=str(order.status or "") or None,
        note=None if is_ours else f"the API has another order of this name: {order!r}",
    )


def _is_order_of(order: SettlementPaymentOrder, payout: Payout) -> bool:
    """Return whether all that an order says of itself is what was asked for."""
    pairs = (
        (order.request_id, payout.reference),
        (order.beneficiary_id, payout.beneficiary_id),
        (order.amount, payout.number),
        (order.currency, payout.money.currency),
    )
    return all(shown is UNSET or shown == wanted for shown, wanted in pairs)


def recover(ledger: Ledger, client: PlexyPay) -> None:
    """Find out what became of all calls whose outcome is unknown. Nothing is sent again here."""
    taken = ledger.take_over(uuid4().hex)
    if not taken:
        return
    results = client.reconcile_all([claimed.saved_call for claimed in taken])
    for claimed, result in zip(taken, results, strict=True):
        match result:
            case Executed(transaction=SettlementPaymentOrder() as order):
                _record_order(ledger, claimed, order)
            case NotExecuted():
                ledger.record(claimed, "planned")
            case Executed():
                ledger.record(claimed, "person", note=f"the API shows {result!r}")
            case Undetermined(check=check):
                _record_doubt(ledger, claimed, check)


def _record_doubt(ledger: Ledger, claimed: Claimed, check: str) -> None:
    """Plan a call once more under the same key, as long as the key protects it."""
    since = claimed.unclear_since or _sent_at(claimed)
    is_protected = time.time() - since < KEY_LIFETIME
    again = is_protected and claimed.attempts < MOST_ATTEMPTS
    ledger.record(
        claimed, "planned" if again else "person", unclear_since=since, note=check
    )


def _sent_at(claimed: Claimed) -> float:
    return datetime.fromisoformat(str(claimed.saved_call["sent_at"])).timestamp()
