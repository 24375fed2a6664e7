"""`python -m plexy_pay_sandbox.quickstart`: one payment from its link to a refund, with the real client.

Starts a sandbox and a receiver of webhooks on this machine, and then does what a shop does: creates a payment
link, has it paid, hears of it by webhook, captures a part and refunds a part. Every status and every amount is
compared with what it must be; the first one that is not ends the program with exit code 1 and says which.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self, cast

import httpx
from plexy_pay import Money, PlexyError, PlexyPay

from . import wire
from .access import DEFAULT_KEY, DEFAULT_WEBHOOK_TOKEN
from .payer import pay_on_page
from .serving import RunningSandbox

ORDER: Final = "ORD-1001"
PRICE: Final = Money("22000", "KZT")
SHIPPED: Final = Money("15000", "KZT")
RETURNED: Final = Money("5000", "KZT")
KEPT: Final = SHIPPED - RETURNED

CARD: Final = "visa"
"""The test card of the payer, which needs a code of the bank."""

CODE = "555"
"""The code that the payer types at the bank."""

PATIENCE = 10.0
"""Seconds to wait for a webhook."""


class StepFailed(Exception):
    """A step's result is not what it must be."""


class Quickstart:
    """The steps, one method each.

    Args:
        client: The client of the Plexy Pay API.
        receiver: Where the webhooks arrive.
        say: Prints a line.
    """

    def __init__(
        self, client: PlexyPay, receiver: WebhookReceiver, say: Callable[[str], None]
    ) -> None:
        self._client = client
        self._receiver = receiver
        self._say = say

    def run(self) -> None:
        """Run all steps, one after the other.

        Raises:
            StepFailed: if a status or an amount is not what it must be.
        """
        link_id, address = self.create_link()
        self.pay(address)
        payment_id = self.find_transaction(link_id)
        self.capture(payment_id)
        self.refund(payment_id)
        self.look_back(link_id)

    def create_link(self) -> tuple[str, str]:
        """Create a payment link; return its id and its address."""
        self._say("\n1. Create a payment link")
        self._say(
            f"   > payment_links.create(amount={PRICE!r}, order_reference={ORDER!r}, auto_clearing=False, ...)"
        )
        link = self._client.payment_links.create(
            amount=PRICE,
            order_reference=ORDER,
            description="Order 1001",
            expires_at=datetime.now(UTC) + timedelta(days=1),
            auto_clearing=False,
            metadata={"callback_url": self._receiver.url},
        )
        _expect("the link's status", link.status, "active")
        _expect("the link's amount in minor units", link.amount, PRICE.minor)
        _expect("the link's currency", link.currency, PRICE.currency)
        _expect("the link's order reference", link.order_reference, ORDER)
        self._say(
            f"   < link {link.id} is {link.status}: "
            f"{link.amount} in minor units on the wire, which is {PRICE}"
        )
        return link.id, str(link.url)

    def pay(self, address: str) -> None:
        """Do what the payer does on the checkout page and at the bank, and wait for what the webhooks say about it."""
        self._say("\n2. The payer opens the link and pays")
        page = httpx.get(address, trust_env=False)
        _expect("the status of the checkout page", page.status_code, 200)
        _expect("the amount on the checkout page", str(PRICE) in page.text, True)
        self._say(f"   > GET {address}   (the checkout page)")
        self._say(f"   > its form with the test card {CARD!r}, then the code {CODE}")
        end = pay_on_page(address, CARD, CODE)
        _expect("the end of the payer's way", end.result, "paid")
        self._hear("transaction.created", "created", PRICE)
        self._hear("transaction.authorized", "authorized", PRICE)

    def find_transaction(self, link_id: str) -> str:
        """Find the transaction of the link; return the id of its payment."""
        self._say("\n3. Find the transaction of the link")
        self._say(f"   > transactions.retrieve_by_payment_link({link_id!r})")
        found = self._client.transactions.retrieve_by_payment_link(link_id)
        _expect("the transaction's status", found.status, "authorized")
        _expect("the transaction's amount in major units", found.amount, PRICE.amount)
        _expect("the transaction's order reference", found.merchant_reference, ORDER)
        self._say(
            f"   < payment {found.payment_id} is {found.status}: "
            f"{found.amount} in major units on the wire, which is {PRICE}"
        )
        return str(found.payment_id)

    def capture(self, payment_id: str) -> None:
        """Capture what was shipped."""
        self._say(f"\n4. Capture the part that was shipped, {SHIPPED} of {PRICE}")
        self._say(f"   > payments.capture({payment_id!r}, amount={SHIPPED!r})")
        captured = self._client.payments.capture(payment_id, amount=SHIPPED)
        self._say(
            f"   < {captured.message}: "
            f"{captured.amount} captured, {captured.remaining_balance} can be refunded"
        )
        _expect("success of the capture", captured.success, True)
        _expect("the captured amount", captured.amount, SHIPPED.amount)
        _expect(
            "what can be refunded after the capture",
            captured.remaining_balance,
            SHIPPED.amount,
        )
        self._hear("transaction.charged", "charged", PRICE, processed=SHIPPED)

    def refund(self, payment_id: str) -> None:
        """Refund what came back."""
        self._say(f"\n5. Refund the part that came back, {RETURNED} of {SHIPPED}")
        self._say(f"   > payments.refund({payment_id!r}, amount={RETURNED!r})")
        refunded = self._client.payments.refund(payment_id, amount=RETURNED)
        self._say(
            f"   < {refunded.message}: "
            f"{refunded.amount} refunded, {refunded.remaining_balance} can be refunded"
        )
        _expect("success of the refund", refunded.success, True)
        _expect("the refunded amount", refunded.amount, RETURNED.amount)
        _expect(
            "what can be refunded after the refund",
            refunded.remaining_balance,
            KEPT.amount,
        )
        event = self._hear("transaction.refunded", "refunded", RETURNED)
        _expect(
            "the merchant's balance in the webhook", event.get("balance"), KEPT.amount
        )

    def look_back(self, link_id: str) -> None:
        """Ask for everything once more."""
        self._say("\n6. Look back")
        self._say(f"   > payment_links.retrieve({link_id!r})")
        link = self._client.payment_links.retrieve(link_id)
        self._say(f"   < link: {link.status}")
        _expect("the link's status at the end", link.status, "paid")
        self._say(f"   > transactions.retrieve_by_payment_link({link_id!r})")
        final = self._client.transactions.retrieve_by_payment_link(link_id)
        self._say(f"   < transaction: {final.status}")
        _expect("the transaction's status at the end", final.status, "charged")
        self._say("   > transactions.list()")
        rows = [(row.status, row.amount) for row in self._client.transactions.list()]
        for status, amount in rows:
            self._say(f"   < in the list: {status} {amount}")
        _expect(
            "the list of transactions",
            rows,
            [
                ("refunded", RETURNED.amount),
                ("TRANSACTION_STATUS_CHARGED", PRICE.amount),
            ],
        )
        self._say(
            f"\nDone: {PRICE} held, {SHIPPED} captured, {RETURNED} refunded, {KEPT} kept."
        )

    def _hear(
        self, name: str, status: str, amount: Money, *, processed: Money | None = None
    ) -> dict[str, Any]:
        event = self._receiver.next_event()
        data: dict[str, Any] = event.get("data", {})
        part = "" if processed is None else f", processed {data.get('processedAmount')}"
        self._say(
            f"   < webhook {event.get('name')}: {data.get('amount')} {data.get('currency')}{part}"
        )
        _expect("the webhook's name", event.get("name"), name)
        _expect(f"the status in {name}", data.get("status"), status)
        _expect(f"the amount in {name}", data.get("amount"), amount.amount)
        if processed is not None:
            _expect(
                f"the processed amount in {name}",
                data.get("processedAmount"),
                processed.amount,
            )
        _expect(f"the order reference in {name}", data.get("merchantReference"), ORDER)
        return data


class WebhookReceiver:
    """A tiny endpoint for webhooks on a free port of this machine; it believes only those with the right token."""

    def __init__(self, token: str) -> None:
        events: queue.Queue[dict[str, Any]] = queue.Queue()

        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                known = self.headers.get("Authorization") == f"Bearer {token}"
                if known:
                    events.put(cast("dict[str, Any]", wire.loads(content)))
                self.send_response(200 if known else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing: the quickstart prints what matters."""

        self._events = events
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        self.url: str = f"http://127.0.0.1:{self._server.server_port}/plexy/webhook"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(0.05,),
            name="webhook-receiver",
            daemon=True,
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_event(self) -> dict[str, Any]:
        """Return the next webhook, in the order of arrival.

        Raises:
            StepFailed: if none arrives in time.
        """
        try:
            return self._events.get(timeout=PATIENCE)
        except queue.Empty:
            raise StepFailed(
                f"no webhook arrived within {PATIENCE:g} seconds"
            ) from None


def main(say: Callable[[str], None] = print) -> int:
    """Run the quickstart; return the exit code."""
    with (
        RunningSandbox() as sandbox,
        WebhookReceiver(DEFAULT_WEBHOOK_TOKEN) as receiver,
    ):
        say(
            "plexy-pay quickstart: the real client against the sandbox. No money moves."
        )
        say(f'   client = PlexyPay("{DEFAULT_KEY}", base_url="{sandbox.base_url}")')
        with PlexyPay(DEFAULT_KEY, base_url=sandbox.base_url) as client:
            try:
                Quickstart(client, receiver, say).run()
            except StepFailed as error:
                return _stop(f"The quickstart stopped: {error}.")
            except PlexyError as error:
                return _stop(f"The quickstart stopped: {type(error).__name__}: {error}")
    return 0


def _expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise StepFailed(f"{what} must be {_plain(wanted)}, and is {_plain(got)}")


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return wire.plain(value)
    # A status is an enum member that equals its text; a reader wants the text.
    return repr(str(value)) if isinstance(value, str) else repr(value)


def _stop(message: str) -> int:
    print(message, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
