"""Webhooks: the `transaction.*` and `payment_order.*` events, posted to the merchant's callback URL.

Documented: the event names, the body's shape, the header `Authorization: Bearer <token>`, and that 200
acknowledges.

Stand-in choices, made because no public source says otherwise:

* The callback URL is the link's `metadata.callbackUrl`. A payment that the merchant initiates with a saved
  card reports to the callback URL of the payment in which the card was saved. Everything else goes to the
  sandbox's one `webhook_url`, if it has one: links without a callback URL, host-to-host payments, and
  settlement payment orders.
* Webhooks about settlement payment orders carry the same token. Both `merchant_id` are the sandbox's.
* Amounts are in major units, as in transactions; the documentation leaves the unit open.
* One callback URL gets its events one after another, in order. An event that is not acknowledged with 200 is
  sent again up to three times, and then given up.
* 3-D Secure is no event: `transaction.3d` is not among the documented names.

The sandbox posts to loopback addresses only, unless it was told of other hosts: a test must not send
"authorized" to a shop's real endpoint because its callback URL was left in the configuration.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from . import wire
from .records import MERCHANT_ID, Event, Status
from .settlement_orders import SettlementOrder

RETRY_DELAYS: Final = (0.5, 2.0, 5.0)
"""Seconds before each further attempt."""

_ATTEMPT_TIMEOUT: Final = 10.0
_REMEMBERED: Final = 1000
_NAMED_EVENTS: Final = frozenset(Status) - {Status.THREE_D_SECURE}

_log = logging.getLogger("plexy_pay_sandbox")


class DeliveryState(StrEnum):
    """How far the delivery of one event has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    NOT_SENT = "not_sent"


@dataclass(slots=True)
class Delivery:
    """One event on its way to one callback URL."""

    url: str
    payload: dict[str, Any]
    state: DeliveryState = DeliveryState.PENDING
    attempts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    reason: str | None = None

    def show(self) -> dict[str, Any]:
        """The delivery as `GET /_sandbox/webhooks` lists it; the token is not in it."""
        shown: dict[str, Any] = {"name": self.payload["name"], "url": self.url, "state": self.state}
        if self.reason is not None:
            shown["reason"] = self.reason
        return shown | {"attempts": self.attempts, "payload": self.payload}


class WebhookSender:
    """Posts events from background tasks, so that no answer of the API waits for a merchant's endpoint.

    All of it runs in one event loop; `post` must be called there.

    Args:
        token: What the header `Authorization: Bearer <token>` carries.
        hosts: Hosts that may be posted to besides loopback.
        retry_delays: Seconds before each further attempt.
        url: Where events go that have no callback URL of their own.
    """

    def __init__(
        self,
        token: str,
        hosts: Collection[str] = (),
        retry_delays: Sequence[float] = RETRY_DELAYS,
        url: str | None = None,
    ) -> None:
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._hosts = frozenset(host.lower() for host in hosts)
        self._delays = tuple(retry_delays)
        self._url = url
        self._client: httpx.AsyncClient | None = None
        self._deliveries: deque[Delivery] = deque(maxlen=_REMEMBERED)
        self._lanes: dict[str, deque[Delivery]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Get ready. Done before the first request, because loading the certificates takes its time."""
        # No proxy, no netrc, no redirects: what is meant for this machine stays on it.
        self._client = httpx.AsyncClient(trust_env=False, timeout=_ATTEMPT_TIMEOUT)

    def post(self, event: Event) -> None:
        """Take an event as it is now and send it later, if there is an address for it."""
        url = event.payment.callback_url or self._url
        if url is not None and event.status in _NAMED_EVENTS:
            self._post(url, payload_of(event))

    def post_order(self, order: SettlementOrder) -> None:
        """Take the state of an order as it is now and send it later, if there is an address for it."""
        if self._url is not None:
            self._post(self._url, order_payload_of(order))

    def deliveries(self) -> list[dict[str, Any]]:
        """The latest deliveries, the oldest first."""
        return [delivery.show() for delivery in self._deliveries]

    async def reset(self) -> None:
        """Stop what is on its way and forget all deliveries."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        self._deliveries.clear()

    async def close(self) -> None:
        """Stop what is on its way."""
        await self.reset()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _post(self, url: str, payload: dict[str, Any]) -> None:
        delivery = Delivery(url, payload)
        self._deliveries.append(delivery)
        if (reason := self._refusal(url)) is not None:
            delivery.state, delivery.reason = DeliveryState.NOT_SENT, reason
            _log.warning("webhook %s was not sent: %s", payload["name"], reason)
            return
        if url in self._lanes:
            self._lanes[url].append(delivery)
            return
        self._lanes[url] = deque([delivery])
        task = asyncio.get_running_loop().create_task(self._drive(url))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drive(self, url: str) -> None:
        lane = self._lanes[url]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
        del self._lanes[url]

    async def _deliver(self, delivery: Delivery) -> None:
        content = wire.dumps(delivery.payload)
        for delay in (0.0, *self._delays):
            if delay:
                await asyncio.sleep(delay)
            if await self._attempt(delivery, content):
                delivery.state = DeliveryState.DELIVERED
                return
        delivery.state = DeliveryState.GIVEN_UP
        delivery.reason = "no attempt was acknowledged with 200"
        _log.warning(
            "webhook %s was given up after %d attempts", delivery.payload["name"], len(delivery.attempts)
        )

    async def _attempt(self, delivery: Delivery, content: bytes) -> bool:
        if self._client is None:
            raise RuntimeError("the sender has not been opened")
        attempt: dict[str, Any] = {"at": wire.to_microseconds(datetime.now(UTC))}
        try:
            async with self._client.stream(
                "POST", delivery.url, content=content, headers=self._headers
            ) as answer:
                attempt["status"] = answer.status_code
        except Exception as error:
            # Whatever a strange address makes the HTTP library do, the events behind this one must still go
            # out.
            attempt["error"] = type(error).__name__
        delivery.attempts.append(attempt)
        return attempt.get("status") == httpx.codes.OK

    def _refusal(self, url: str) -> str | None:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return "the callback URL cannot be read"
        if parts.scheme not in ("http", "https") or not host:
            return "the callback URL is not an http or https address"
        if is_loopback(host) or host.lower() in self._hosts:
            return None
        return f"{host} is not this machine; --webhook-host {host} allows it, if the events are meant for it"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def payload_of(event: Event) -> dict[str, Any]:
    """The body of a webhook, in the documented shape with its `{"Value": ...}` wrappers."""
    payment, transaction = event.payment, event.transaction
    values: dict[str, Any] = {
        "id": transaction.id,
        "amount": transaction.amount,
        "balance": event.merchant_balance,
        "currency": transaction.currency,
        "status": event.status,
        "type": transaction.type,
        "last4": "1111",
        "paymentMethod": "card",
        "payerIp": "127.0.0.1",
        "merchantReference": transaction.order_reference,
        "description": transaction.description,
        "createdAt": wire.to_microseconds(transaction.created_at),
        "updatedAt": wire.to_microseconds(transaction.updated_at),
        "authedAt": _moment(transaction.authorized_at),
        "confirmedAt": _moment(transaction.processed_at),
        "processedAt": _moment(transaction.processed_at),
        "processedAmount": transaction.processed_amount,
        "storeId": "store_sandbox",
        "terminalId": "term_sandbox",
        "secure3d": transaction.secure_3d,
        "parentTransactionId": transaction.parent_id,
        "recurringType": payment.recurring_type,
        "retrievalReferenceNumber": transaction.reference_number,
        "paymentLinkId": _wrapped(payment.link.id if payment.link else None),
        "paymentSessionId": _wrapped(payment.session_id),
        "cardTokenId": _wrapped(payment.card_token_id),
        "customerId": _wrapped(payment.customer_id),
    }
    data = {name: value for name, value in values.items() if value is not None}
    return {"name": event.name, "merchantId": MERCHANT_ID, "data": data}


def order_payload_of(order: SettlementOrder) -> dict[str, Any]:
    """The body of a webhook about a settlement payment order, in the documented shape: snake case here."""
    data = {
        "amount": order.amount,
        "status": order.status,
        "currency": order.currency,
        "merchant_id": MERCHANT_ID,
        "beneficiary_id": order.beneficiary.id,
        "payment_order_id": order.id,
    }
    return {"name": f"payment_order.{order.status}", "merchant_id": MERCHANT_ID, "data": data}


def _wrapped(value: str | None) -> dict[str, str] | None:
    return None if value is None else {"Value": value}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else wire.to_microseconds(moment)
