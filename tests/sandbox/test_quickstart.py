"""The quickstart: what a reader sees, and that it notices when something is not as it must be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from plexy_pay_sandbox import quickstart
from plexy_pay_sandbox.records import Event, LinkStatus, Movement, Payment
from plexy_pay_sandbox.refusals import AlreadyRefunded
from plexy_pay_sandbox.state import State
from plexy_pay_sandbox.webhooks.sender import WebhookSender

IDS = re.compile(
    r"pl_[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|127\.0\.0\.1:[0-9]+"
)

SHOWN = """\
plexy-pay quickstart: the real client against the sandbox. No money moves.
   client = PlexyPay("pr_sandbox", base_url="http://*")

1. Create a payment link
   > payment_links.create(amount=Money('22000.00', 'KZT'), order_reference='ORD-1001', auto_clearing=False, ...)
   < link * is active: 2200000 in minor units on the wire, which is 22 000.00 KZT

2. The payer opens the link and pays
   > GET http://*/*   (the checkout page)
   > its form with the test card 'visa', then the code 555
   < webhook transaction.created: 22000 KZT
   < webhook transaction.authorized: 22000 KZT

3. Find the transaction of the link
   > transactions.retrieve_by_payment_link('*')
   < payment * is authorized: 22000 in major units on the wire, which is 22 000.00 KZT

4. Capture the part that was shipped, 15 000.00 KZT of 22 000.00 KZT
   > payments.capture('*', amount=Money('15000.00', 'KZT'))
   < Successfully captured the transaction: 15000 captured, 15000 can be refunded
   < webhook transaction.charged: 22000 KZT, processed 15000

5. Refund the part that came back, 5 000.00 KZT of 15 000.00 KZT
   > payments.refund('*', amount=Money('5000.00', 'KZT'))
   < Successfully refunded the transaction: 5000 refunded, 10000 can be refunded
   < webhook transaction.refunded: 5000 KZT

6. Look back
   > payment_links.retrieve('*')
   < link: paid
   > transactions.retrieve_by_payment_link('*')
   < transaction: charged
   > transactions.list()
   < in the list: refunded 5000
   < in the list: TRANSACTION_STATUS_CHARGED 22000

Done: 22 000.00 KZT held, 15 000.00 KZT captured, 5 000.00 KZT refunded, 10 000.00 KZT kept.
"""


def test_the_quickstart_shows_a_payment_from_its_link_to_a_refund() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "plexy_pay_sandbox.quickstart"],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(sys.path), "HTTP_PROXY": "http://127.0.0.1:9"},
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert IDS.sub("*", done.stdout) == SHOWN


def capture_a_tiyn_less(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = State.capture

    def less(self: State, payment_id: str, amount: Any = None) -> Movement:
        return capture(self, payment_id, amount - Decimal("0.01"))

    monkeypatch.setattr(State, "capture", less)


def refund_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    refund = State.refund

    def twice(
        self: State, payment_id: str, amount: Any = None, **more: Any
    ) -> Movement:
        refund(self, payment_id, amount, **more)
        return refund(self, payment_id, amount, **more)

    monkeypatch.setattr(State, "refund", twice)


def leave_the_link_active(monkeypatch: pytest.MonkeyPatch) -> None:
    charge = State.charge

    def charge_and_open(self: State, payment: Payment, *arguments: Any) -> None:
        charge(self, payment, *arguments)
        assert payment.link is not None
        payment.link.status = LinkStatus.ACTIVE

    monkeypatch.setattr(State, "charge", charge_and_open)


def decline_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quickstart, "CODE", "111")


def send_no_webhooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebhookSender, "post", lambda *_: None)
    monkeypatch.setattr(quickstart, "PATIENCE", 0.01)


def sign_with_another_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quickstart, "DEFAULT_WEBHOOK_TOKEN", "whk_other")
    monkeypatch.setattr(quickstart, "PATIENCE", 0.01)


def forget_the_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    post = WebhookSender.post

    def post_without_balance(self: WebhookSender, event: Event) -> None:
        post(self, replace(event, merchant_balance=Decimal(0)))

    monkeypatch.setattr(WebhookSender, "post", post_without_balance)


def refuse_the_refund(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **more: Any) -> Movement:
        raise AlreadyRefunded(
            "transaction can not be refunded: already refunded", "payments"
        )

    monkeypatch.setattr(State, "refund", refuse)


@pytest.mark.parametrize(
    ("break_something", "complaint"),
    [
        (capture_a_tiyn_less, "the captured amount must be 15000, and is 14999.99"),
        (
            refund_twice,
            "what can be refunded after the refund must be 10000, and is 5000",
        ),
        (
            leave_the_link_active,
            "the link's status at the end must be 'paid', and is 'active'",
        ),
        (
            decline_instead,
            "the end of the payer's way must be 'paid', and is 'declined'",
        ),
        (send_no_webhooks, "no webhook arrived within 0.01 seconds"),
        (sign_with_another_token, "no webhook arrived within 0.01 seconds"),
        (
            forget_the_balance,
            "the merchant's balance in the webhook must be 10000, and is 0",
        ),
        (refuse_the_refund, "OutcomeUnknownError"),
    ],
)
def test_the_quickstart_ends_with_a_failure_that_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    break_something: Callable[[pytest.MonkeyPatch], None],
    complaint: str,
) -> None:
    break_something(monkeypatch)

    code = quickstart.main()

    shown = capsys.readouterr()
    assert code == 1
    assert shown.err.startswith("The quickstart stopped: ")
    assert complaint in shown.err
    assert "Done" not in shown.out
