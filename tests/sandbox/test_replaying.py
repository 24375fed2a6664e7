"""Any sequence of operations, repeated from a journal, leaves the same responses behind."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from helpers.cards import NUMBER, card_data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plexy_pay_sandbox import create_app, triggers
from plexy_pay_sandbox.named_cards import LINK_CARDS, SESSION_CARDS, NamedCard
from plexy_pay_sandbox.validation import bundled_document
from starlette.testclient import TestClient

from .support import CHECKOUT_KEY, KEY, exact

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOCUMENT = bundled_document()
CARDS = [
    card_data(number)
    for number in (NUMBER, "4907639999909022", "4907639999990022", "4111111111111112")
]
TYPED = list(LINK_CARDS.values())
TYPED_IN_SESSIONS = list(SESSION_CARDS.values())
V2_NUMBERS = [card.number for card in TYPED_IN_SESSIONS]
FAULTS = (
    "webhook_lost",
    "webhook_twice",
    "webhook_late",
    "webhook_forged",
    "webhook_out_of_order",
)
READ = (
    "/v1/payment-links",
    "/v1/payment-links/statistics",
    "/v1/transactions",
    "/v1/customers",
    "/v1/payouts",
    "/v1/merchants/payment-beneficiaries",
    "/v1/merchants/settlement-payment-orders",
    "/_sandbox/webhooks",
    "/_sandbox/about",
)


class Ticking:
    """A clock that goes on by some seconds whenever it is looked at, until it is stopped."""

    def __init__(self) -> None:
        self.moment = START
        self.step = timedelta(seconds=7)

    def __call__(self) -> datetime:
        self.moment += self.step
        return self.moment


class Shop:
    """A program and its payers, who do what they are told with the objects that they have."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._links: list[str] = []
        self._payments: list[str] = []
        self._sessions: list[str] = []
        self._deliveries: list[str] = []
        self.results: list[str] = []

    def create(self, number: int) -> None:
        """Create a link, which expires soon if the number is odd."""
        body: dict[str, Any] = {"amount": 100 + number, "currency": "KZT"}
        if number % 2:
            body["expiresAt"] = (START + timedelta(hours=1)).isoformat()
        made = self._http.post("/v1/payment-links", json=body)
        if made.is_success:
            self._links.append(made.json()["id"])

    def answer(self, number: int) -> None:
        """Pay or decline a link."""
        link = self._one(self._links, number)
        self._http.post(f"/{link}/{('pay', 'decline')[number % 2]}")
        self._look_up(link)

    def fill_in(self, number: int) -> None:
        """Pay a link with the form of its page, and confirm at the bank if it asks."""
        link = self._one(self._links, number)
        card = typed(TYPED[number % len(TYPED)])
        sent = self._http.post(f"/{link}/pay", data=card)
        if "/_sandbox/3ds/" in sent.headers.get("Location", ""):
            code = ("555", "111", "000")[number % 3]
            asked = self._http.post(sent.headers["Location"], data={"otp": code})
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
            self._http.post(f"/{link}/3ds", data=fields)
        self._look_up(link)

    def capture(self, number: int) -> None:
        """Capture a payment, or a part of it."""
        self._move("capture", number)

    def refund(self, number: int) -> None:
        """Refund a payment, or a part of it."""
        self._move("refund", number)

    def cancel(self, number: int) -> None:
        """Cancel a payment."""
        self._http.post(f"/v1/payments/{self._one(self._payments, number)}/cancel")

    def pay(self, number: int) -> None:
        """Pay with an encrypted card."""
        body = {
            "transactionType": "sale",
            "paymentMethod": "card",
            "orderDetails": {"amount": number, "currency": "KZT"},
            "cardData": CARDS[number % len(CARDS)],
        }
        self._http.post("/v1/payments", json=body)

    def pay_by_checkout(self, number: int) -> None:
        """Pay in v2 with a test card, often with a key that was used before."""
        body = {
            "amount": {"currency": "KZT", "value": 100 + number % 2},
            "paymentMethod": {
                "type": "scheme",
                "encryptedCardNumber": f"test_{V2_NUMBERS[number]}",
                "encryptedSecurityCode": f"test_{('123', '000')[number % 2]}",
            },
        }
        headers = {"Idempotency-Key": f"key-{number % 4}"}
        self._http.post("/v2/payments", json=body, headers=headers)

    def open_session(self, number: int) -> None:
        """Create a session of v2."""
        body = {
            "amount": {"currency": "KZT", "value": 100 * number},
            "merchantAccount": "merchant",
            "reference": f"ORD-{number}",
            "returnUrl": "https://shop.example/",
            "billingAddress": {"postalCode": ("12345", "00000")[number % 2]},
        }
        made = self._http.post("/v2/sessions", json=body)
        if made.is_success:
            self._sessions.append(made.json()["id"])

    def fill_in_session(self, number: int) -> None:
        """Pay a session with the form of its page."""
        session = self._one(self._sessions, number)
        card = typed(TYPED_IN_SESSIONS[number % len(TYPED_IN_SESSIONS)])
        paid = self._http.post(f"/_sandbox/sessions/{session}/pay", data=card)
        query = paid.headers.get("Location", "").partition("?")[2]
        if query:
            self.results.append(f"/v2/sessions/{session}?{query}")

    def mistake(self, number: int) -> None:
        """Send what is refused, or is no JSON."""
        link = self._one(self._links, number)
        paths = (
            "/v1/payment-links",
            "/_sandbox/triggers",
            "/_sandbox/webhooks/settings",
            "/_sandbox/nowhere",
            f"/{link}/pay?lang=ru",
        )
        path = paths[number % len(paths)]
        self._http.post(path, content=("{", "number=1", '{"amount": []}')[number % 3])

    def advance(self, number: int) -> None:
        """Move the clock by some hours."""
        self._http.post("/_sandbox/advance", json={"seconds": 1200 * number})

    def trigger(self, number: int) -> None:
        """Make what leads to an event."""
        names = triggers.names()
        name = names[number % len(names)]
        self._http.post("/_sandbox/triggers", json={"name": name})

    def configure(self, number: int) -> None:
        """Change what becomes of events."""
        body = {"copies": 1 + number % 2, "delay": 600 * (number % 3)}
        self._http.post("/_sandbox/webhooks/settings", json=body)

    def emit(self, number: int) -> None:
        """Send an event that nothing led to."""
        body = {"name": "payment.succeeded", "forged": not number % 3}
        self._http.post("/_sandbox/webhooks/emit", json=body)

    def hold(self, number: int) -> None:
        """Keep events back, or let them go."""
        if number % 2:
            self._http.post("/_sandbox/webhooks/hold")
        else:
            self._http.post("/_sandbox/webhooks/release", json={"order": "reversed"})

    def hand_over(self, number: int) -> None:
        """Take over what is to be posted, and acknowledge some of it."""
        for listed in self._http.post("/_sandbox/webhooks/due").json()["due"]:
            self._deliveries.append(listed["id"])
        path = f"/_sandbox/webhooks/{self._one(self._deliveries, number)}"
        self._http.post(f"{path}/report", json={"status": (200, 500)[number % 2]})
        if not number % 5:
            self._http.post(f"{path}/redeliver")

    def spoil(self, number: int) -> None:
        """Set a fault for events, or forget all faults."""
        if number == 1:
            self._http.delete("/_sandbox/faults")
            return
        body = {
            "target": "*",
            "fault": FAULTS[number % len(FAULTS)],
            "probability": 0.5,
            "seed": number,
        }
        self._http.post("/_sandbox/faults", json=body)

    def read(self, number: int) -> None:
        """Read something, which lets happen what is due."""
        self._http.get(READ[number % len(READ)])

    def _look_up(self, link: str) -> None:
        found = self._http.get(f"/v1/transactions/by-payment-link/{link}")
        if found.is_success:
            self._payments.append(exact(found)["paymentId"])

    def _move(self, action: str, number: int) -> None:
        body = {"amount": 0.5} if number % 2 else {}
        payment = self._one(self._payments, number)
        self._http.post(f"/v1/payments/{payment}/{action}", json=body)

    def _one(self, ids: list[str], number: int) -> str:
        return ids[number % len(ids)] if ids else "pl_nothing"


OPERATIONS: list[Callable[[Shop, int], None]] = [
    Shop.create,
    Shop.answer,
    Shop.fill_in,
    Shop.capture,
    Shop.refund,
    Shop.cancel,
    Shop.pay,
    Shop.pay_by_checkout,
    Shop.open_session,
    Shop.fill_in_session,
    Shop.mistake,
    Shop.advance,
    Shop.trigger,
    Shop.configure,
    Shop.emit,
    Shop.hold,
    Shop.hand_over,
    Shop.spoil,
    Shop.read,
]


def typed(card: NamedCard) -> dict[str, str]:
    """What a payer types of a test card."""
    values = card.typed(START)
    return {
        "number": values.number,
        "expiry": f"{values.month}/{values.year}",
        "code": values.code,
        "holder": values.holder,
    }


@contextmanager
def opened(db: Path, clock: Callable[[], datetime]) -> Iterator[httpx.Client]:
    """A sandbox in this thread, which posts no webhook, but keeps what it would post."""
    url = "https://shop.example/"
    app = create_app(
        DOCUMENT,
        keys=(KEY,),
        checkout_keys=(CHECKOUT_KEY,),
        clock=clock,
        webhook_url=url,
        webhook_checkout_url=url,
        webhook_callback_url=url,
        webhook_outbox=True,
        db=db,
    )
    headers = {"Authorization": KEY, "x-api-key": CHECKOUT_KEY}
    with TestClient(app, headers=headers, follow_redirects=False) as client:
        # It has the methods of a client, and is none to type checkers with some versions of Starlette.
        yield cast("httpx.Client", client)


def read(http: httpx.Client, more: list[str]) -> dict[str, object]:
    """Return the response to everything that can be read."""
    texts: dict[str, object] = {path: http.get(path).text for path in (*READ, *more)}
    for row in exact(http.get("/v1/transactions", params={"size": 1000}))["data"]:
        for end in ("", "/history"):
            path = f"/v1/transactions/{row['transactionId']}{end}"
            texts[path] = http.get(path).text
    due = http.post("/_sandbox/webhooks/due").json()["due"]
    texts["due"] = [(one["id"], one["name"], one["body"]) for one in due]
    return texts


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(OPERATIONS), st.integers(1, 11)),
        min_size=5,
        max_size=50,
    )
)
def test_any_sequence_of_operations_leaves_the_same_after_a_new_start(
    steps: list[tuple[Callable[[Shop, int], None], int]],
) -> None:
    clock = Ticking()
    with tempfile.TemporaryDirectory() as directory:
        db = Path(directory) / "state.db"
        with opened(db, clock) as http:
            shop = Shop(http)
            for operation, number in steps:
                operation(shop, number)
            clock.step = timedelta()
            before = read(http, shop.results)
        with opened(db, clock) as http:
            after = read(http, shop.results)
    assert after == before
