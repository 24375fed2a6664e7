"""Run a scenario on the payment page, as a payer does."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from plexy_pay import PlexyPay

from ..control_calls import ask
from ..payer import pay_on_page
from .results import Result
from .table import Api, Scenario

#: The outcomes of the documentation in which the payer has paid.
_PAID: Final = ("charged", "Authorised")


def on_page(client: PlexyPay, scenario: Scenario, base_url: str) -> Result:
    """Carry out a scenario on the page of a new link, or of a new session of v2.

    Raises:
        ValueError: if a payer cannot do it on a page.
    """
    if not scenario.has_page:
        raise ValueError(f"{scenario.name} needs fields that only a server sends.")
    typed = {"number": scenario.number, "code": scenario.cvv}
    open_page = _session if scenario.api is Api.V2 else _link
    page = open_page(client, scenario)
    end = pay_on_page(page, code=scenario.otp, typed=typed)
    outcome: str = end.result
    if end.result == "waiting":
        outcome = _later(client, page, base_url, scenario)
    expected = "paid" if scenario.expected in _PAID else "declined"
    return Result(outcome, outcome == expected, end.reason or f"page {page}")


def _link(client: PlexyPay, scenario: Scenario) -> str:
    create: Any = client.payment_links.create
    link = create(
        amount=scenario.amount * 100,
        currency="KZT",
        order_reference=f"scenario-{uuid4().hex[:12]}",
        description=scenario.what,
    )
    return str(link.url)


def _session(client: PlexyPay, scenario: Scenario) -> str:
    session: Any = client.checkout.sessions.create(
        amount={"currency": "KZT", "value": scenario.amount},
        merchant_account="merchant_sandbox",
        reference=f"scenario-{uuid4().hex[:12]}",
        return_url="https://shop.example/done",  # Nobody goes there.
    )
    return str(session.url)


def _later(client: PlexyPay, page: str, base_url: str, scenario: Scenario) -> str:
    """Let the time pass in which the bank's result could come, and return what became of the payment."""
    ask(base_url, "POST", "/_sandbox/advance", {"seconds": scenario.advance})
    link_id = page.rsplit("/", 1)[-1]
    status = client.transactions.retrieve_by_payment_link(link_id).status
    return "declined" if status == "rejected" else str(status)
