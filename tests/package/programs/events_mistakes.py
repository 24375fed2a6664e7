"""Two typical mistakes; both type checkers must name each, on the line that says so, and nothing else."""

from __future__ import annotations

from typing import assert_never

from plexy_pay import webhooks


def handled(
    event: webhooks.TransactionCharged
    | webhooks.TransactionRefunded
    | webhooks.UnknownEvent,
) -> str:
    match event:
        case webhooks.TransactionCharged(data=data):
            return data.order_reference  # mistake: a name that a webhook does not have
        case webhooks.UnknownEvent():
            return ""
        case _:
            assert_never(event)  # mistake: an event is left out
