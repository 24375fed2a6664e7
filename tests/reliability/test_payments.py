"""Payments among faults: the documented way pays every order once, and the check sees where another way does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reliability import payments
from reliability.__main__ import conclude
from reliability.payments import Order, Plan, Run
from reliability.proxy import ODDS

# The path of Get Keys is inferred, and the client warns of that once in a process.
pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
PLAN = Plan(payments=300, threads=8, tasks=16, seed=3, patience=2.0)
#: Enough for a way that is wrong to be seen.
FEWER = replace(PLAN, payments=200)


def test_every_order_is_paid_once_among_faults() -> None:
    result = payments.run(PLAN)

    assert conclude(result) == 0, "\n".join(result.lines())
    assert result.is_right
    # None of the checks was idle.
    assert {
        fault for fault, share in ODDS.items() if share > 0.01
    } <= result.exchanges.keys()
    assert result.reconciled["Executed"] > 0
    assert result.reconciled["NotExecuted"] > 0


def test_paying_again_without_looking_is_seen_as_paid_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def pay_again(run: Run, orders: list[Order]) -> list[Order]:
        while orders:
            orders = run.pay(orders)
        return []

    result = payments.run(FEWER, pay_again)

    assert result.paid_twice > 0
    assert result.lost == 0
    assert conclude(result) == 1
    assert "Not every order was paid exactly once." in capsys.readouterr().err


def test_giving_up_what_is_open_is_seen_as_lost() -> None:
    def give_up(run: Run, orders: list[Order]) -> list[Order]:
        return []

    result = payments.run(FEWER, give_up)

    assert result.lost > 0
    assert result.wrong > 0, "orders are paid of which the merchant knows nothing"
    assert not result.is_right
