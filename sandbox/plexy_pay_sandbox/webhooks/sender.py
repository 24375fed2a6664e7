"""Delivers events: in order, again after a failure, and with the faults that a test asks for."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import httpx

from .. import wire
from ..checkout_api import CheckoutEvent
from ..control_requests import NotThere
from ..faults.kinds import Strikes
from ..faults.rules import Fault, Faults
from ..journal import Outcome
from ..records import Event, Status
from ..settlement_orders import SettlementOrder
from ..timing import Clock, Timeline
from .attempts import DeliveryAttempt
from .nowhere import CHECKOUT_HINT, PAY_HINT, LostEvent, LostEvents
from .payloads import (
    Names,
    callback_payload_of,
    checkout_payload_of,
    order_payload_of,
    payload_of,
    spelled,
)
from .posting import Poster
from .samples import CALLBACK
from .signing import Authorization, Scheme, Secrets, signed_text

RETRY_DELAYS: Final = tuple(0.5 * 4**attempt for attempt in range(3))
"""Seconds before each further attempt: 0.5, 2 and 8."""

ATTEMPT_TIMEOUT: Final = 30.0
"""Seconds that a receiver has for its response."""

_ACKNOWLEDGES: Final = 200
_REMEMBERED: Final = 1000
_NAMED_EVENTS: Final = frozenset(Status) - {Status.THREE_D_SECURE}
_CALLBACK_EVENTS: Final = frozenset(
    {Status.AUTHORIZED, Status.CHARGED, Status.REJECTED}
)

_log = logging.getLogger("plexy_pay_sandbox")


class DeliveryState(StrEnum):
    """The progress of a delivery."""

    HELD = "held"
    DELAYED = "delayed"
    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    NOT_SENT = "not_sent"


_DONE: Final = frozenset(
    {DeliveryState.DELIVERED, DeliveryState.GIVEN_UP, DeliveryState.NOT_SENT}
)


class UnknownDelivery(NotThere):
    """There is no delivery with that id, or it is not one that this can be done with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Addresses and form of events; a test may change them while the sandbox runs.

    Args:
        url: Where events of the Pay API go that have no callback URL of their own.
        checkout_url: Where events of v2 go.
        callback_url: Where host-to-host payments report by the callback of 2023, in place of `transaction.*`.
        authorization: How the token is written into `Authorization`.
        copies: How often each event is delivered.
        delay: Seconds of the sandbox's time between an event and its delivery.
        names: Another spelling of the fields' names; None is the documented one.
        wrappers: Whether ids are wrapped in `{"Value": ...}`; None is as documented.
    """

    url: str | None = None
    checkout_url: str | None = None
    callback_url: str | None = None
    authorization: Authorization = Authorization.BEARER
    copies: int = 1
    delay: float = 0
    names: Names | None = None
    wrappers: bool | None = None

    def url_for(self, scheme: Scheme) -> str | None:
        """Return where the events of a scheme go."""
        urls = {
            Scheme.TOKEN: self.url,
            Scheme.FIELDS: self.callback_url,
            Scheme.BODY: self.checkout_url,
        }
        return urls[scheme]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The content of a post. `text` is what a callback signs; `forged` is signed with secrets that nobody knows."""

    name: str
    scheme: Scheme
    url: str
    payload: object
    content: bytes = field(repr=False)
    text: str = field(repr=False)
    forged: bool = False


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One message on its way.

    Attributes:
        id: Its id in the sandbox.
        message: What is posted, and where.
        at: The moment at which it was made, in the time of the sandbox.
        state: How far it has come.
        attempts: The tries so far.
        next_at: The moment of the next try, in the time of the sandbox; None if none is planned.
        reason: Why it was given up or not sent.
    """

    id: str
    message: Message
    at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: list[DeliveryAttempt] = field(default_factory=list[DeliveryAttempt])
    next_at: datetime | None = None
    reason: str | None = None

    def show(self) -> dict[str, Any]:
        """Return the delivery as `GET /_sandbox/webhooks` lists it; what proves it is not in it."""
        message = self.message
        shown: dict[str, Any] = {
            "id": self.id,
            "name": message.name,
            "scheme": message.scheme,
            "url": message.url,
            "state": self.state,
        }
        if self.reason is not None:
            shown["reason"] = self.reason
        attempts = [attempt.show() for attempt in self.attempts]
        return shown | {"attempts": attempts, "payload": message.payload}


class WebhookSender:
    """Post events from background tasks, so that no response of the API waits for a merchant's endpoint.

    All of it runs in one event loop; whatever posts must be called there. Before `open`, what is to be sent waits.

    Args:
        secrets: What proves the deliveries of each scheme.
        clock: The time of the sandbox, in which deliveries are delayed.
        settings: Where events go and how they look; a reset returns to these.
        faults: The faults that are set; None has none.
        hosts: Hosts that may be posted to besides loopback.
        retry_delays: Seconds before each further attempt.
        patience: Seconds that a receiver has for its response.
        sleep: Waits before a further attempt.
        keeps: Post nothing, but keep each delivery until its status is reported.
    """

    def __init__(
        self,
        secrets: Secrets,
        clock: Clock,
        settings: Settings | None = None,
        faults: Faults | None = None,
        *,
        hosts: Collection[str] = (),
        retry_delays: Sequence[float] = RETRY_DELAYS,
        patience: float = ATTEMPT_TIMEOUT,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        keeps: bool = False,
    ) -> None:
        self._secrets = secrets
        self._strange_secrets = Secrets.of_a_stranger()
        self._clock = clock
        self._first_settings = settings or Settings()
        self.settings = self._first_settings
        """Where events go and how they look at present."""
        self.holding = False
        """Whether deliveries are held back."""
        self.lost: Final = LostEvents()
        """The events that had nowhere to go."""
        self._faults = faults or Faults((), ())
        self.on_progress: Callable[[Delivery], None] = lambda delivery: None
        """Is called after each post, and when a delivery is given up."""
        self._hosts = frozenset(host.lower() for host in hosts)
        self._delays = tuple(retry_delays)
        self._patience = patience
        self._sleep = sleep
        self._keeps = keeps
        self._poster: Poster | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._forget()

    def open(self) -> None:
        """Get ready. Done before the first request, because loading the certificates takes its time."""
        tls = httpx.create_ssl_context(trust_env=False)
        self._poster = Poster(tls, patience=self._patience)
        for url in self._lanes:
            self._begin(url)

    def options(self) -> dict[str, Any]:
        """Return, in JSON, what the sender was made with, secrets left out."""
        own = {
            "hosts": sorted(self._hosts),
            "retry_delays": list(self._delays),
        }
        return own | asdict(self._first_settings)

    def begin_with(self, options: Mapping[str, Any]) -> None:
        """Take the options of another sender, as if this one had been made with them."""
        settings = dict(options)
        self._hosts = frozenset(settings.pop("hosts"))
        self._delays = tuple(settings.pop("retry_delays"))
        settings["authorization"] = Authorization(settings["authorization"])
        self._first_settings = self.settings = Settings(**settings)

    def restore(self, outcomes: Mapping[str, Outcome]) -> None:
        """Take up, before `open`, how far deliveries had come: those that are done are not sent again."""
        waiting = [delivery for lane in self._lanes.values() for delivery in lane]
        for delivery in (*self._deliveries.values(), *waiting):
            outcome = outcomes.get(delivery.id)
            if outcome is not None:
                delivery.state = DeliveryState(outcome.state)
                delivery.reason = outcome.reason
                delivery.attempts = [
                    DeliveryAttempt.of_kept(kept) for kept in outcome.attempts
                ]
        self._lanes.clear()
        for delivery in waiting:
            if delivery.state not in _DONE:
                self._start(delivery)

    # --- what happens in the sandbox ------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Take an event as it is now and send it later, if there is an address for it."""
        settings, payment = self.settings, event.payment
        if settings.callback_url is not None and payment.is_host_to_host:
            if event.status in _CALLBACK_EVENTS:
                payload = callback_payload_of(event)
                self._post(
                    CALLBACK, Scheme.FIELDS, settings.callback_url, payload, event.at
                )
            return
        if event.status not in _NAMED_EVENTS:
            return
        url = payment.callback_url or settings.url
        if url is None:
            self._lose_its_way(
                event.name, PAY_HINT, event.at, payment.id, event.transaction.id
            )
            return
        self._post(event.name, Scheme.TOKEN, url, payload_of(event), event.at)

    def post_order(self, order: SettlementOrder) -> None:
        """Take the state of an order as it is now and send it later, if there is an address for it."""
        payload, now = order_payload_of(order), self._clock.now()
        if self.settings.url is None:
            self._lose_its_way(payload["name"], PAY_HINT, now, order.id)
            return
        self._post(payload["name"], Scheme.TOKEN, self.settings.url, payload, now)

    def post_checkout(self, event: CheckoutEvent) -> None:
        """Send an event of v2 later, if there is an address for it."""
        url = self.settings.checkout_url
        if url is None:
            reference = event.payment.reference_id
            self._lose_its_way(event.name, CHECKOUT_HINT, event.at, reference)
            return
        payload = checkout_payload_of(event)
        self._post(event.name, Scheme.BODY, url, payload, event.at)

    # --- what a test asks for -------------------------------------------------------------------------------

    def emit(
        self,
        name: str,
        scheme: Scheme,
        url: str,
        payload: object,
        *,
        names: Names | None = None,
        wrappers: bool | None = None,
        forged: bool = False,
    ) -> list[Delivery]:
        """Send a body of any kind, as often as the settings say.

        Args:
            name: The name under which it is listed.
            scheme: The scheme to sign it with.
            url: Where it goes.
            payload: What is posted, in JSON.
            names: Another spelling of the fields' names.
            wrappers: Whether ids are wrapped.
            forged: Prove it with a secret that nobody knows, and try only once.
        """
        message = _message(name, scheme, url, payload, names, wrappers, forged)
        return self._send(message, self._clock.now())

    def redeliver(self, delivery_id: str) -> Delivery:
        """Send once more what a delivery has sent: the same body, to the same address.

        Raises:
            UnknownDelivery: if there is none with that id, or it is forgotten.
        """
        delivery = self._deliveries.get(delivery_id)
        if delivery is None:
            raise UnknownDelivery(f"there is no delivery {delivery_id}")
        return self._send_one(delivery.message, self._clock.now())

    def hold(self) -> None:
        """Keep back what would be sent from now on."""
        self.holding = True

    def release(
        self, order: Sequence[str] | Literal["reversed"] = ()
    ) -> list[Delivery]:
        """Send what was held back, and hold nothing any more.

        Args:
            order: The ids of deliveries that go first, in this order; the others follow as they came. Or all of
                them from the last to the first.

        Raises:
            UnknownDelivery: if one of the ids is not of a delivery that is held; then all stays held.
        """
        held = dict(self._held)
        if order == "reversed":
            released = list(reversed(held.values()))
        else:
            for delivery_id in order:
                if delivery_id not in held:
                    raise UnknownDelivery(f"{delivery_id} is not held")
            released = [held.pop(delivery_id) for delivery_id in dict.fromkeys(order)]
            released += held.values()
        self.holding = False
        self._held.clear()
        for delivery in released:
            self._start(delivery)
        return released

    def configure(self, **changes: Any) -> None:
        """Change some of the settings, for what happens from now on."""
        self.settings = replace(self.settings, **changes)

    def is_due(self) -> bool:
        """Return whether something that was delayed has become due."""
        return self._agenda.is_due()

    def settle(self) -> None:
        """Send what was delayed and has become due."""
        self._agenda.settle()

    def due(self) -> list[dict[str, Any]]:
        """Return what would be posted now, in a sandbox that keeps it: the oldest first, signed.

        Raises:
            ValueError: if the sandbox posts its webhooks itself.
        """
        if not self._keeps:
            raise ValueError(
                "this sandbox posts its webhooks itself: make it with webhook_outbox=True"
            )
        return [self._shown_due(delivery) for delivery in self._due.values()]

    def report(self, delivery_id: str, status: int) -> Delivery:
        """Take the status of the response to a delivery that was due, and return the delivery.

        Raises:
            UnknownDelivery: if it is not due.
        """
        delivery = self._due.get(delivery_id)
        if delivery is None:
            raise UnknownDelivery(f"{delivery_id} is not due")
        attempt = self._attempt_at(self._clock.real_now())
        delivery.attempts.append(replace(attempt, status=status))
        if status == _ACKNOWLEDGES:
            delivery.state = DeliveryState.DELIVERED
        elif delivery.message.forged or len(delivery.attempts) > len(self._delays):
            self._give_up(delivery)
        else:
            return delivery
        return self._due.pop(delivery_id)

    async def idle(self, seconds: float) -> bool:
        """Wait until nothing is on its way, apart from what is held or delayed; return whether that came to be."""
        try:
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            return False
        return True

    def deliveries(self) -> list[Delivery]:
        """Return the latest deliveries, the oldest first."""
        return list(self._deliveries.values())

    def halt(self) -> None:
        """Stop what is on its way."""
        for task in self._tasks:
            task.cancel()

    async def reset(self) -> None:
        """Stop what is on its way, forget all deliveries, and return to the first settings."""
        # A request that is served meanwhile may send another one.
        while self._tasks:
            self.halt()
            await asyncio.wait(self._tasks)
        self._forget()

    async def close(self) -> None:
        """Stop what is on its way."""
        await self.reset()
        if self._poster is not None:
            await self._poster.close()
            self._poster = None

    def delivery(self, delivery_id: str) -> Delivery | None:
        """Return a delivery that is remembered; None if there is none with that id."""
        return self._deliveries.get(delivery_id)

    # --- inside ---------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self.lost.forget()
        self.settings = self._first_settings
        self._agenda = Timeline(self._clock)
        self._deliveries: OrderedDict[str, Delivery] = OrderedDict()
        self._made = 0
        self.holding = False
        self._held: dict[str, Delivery] = {}
        self._lanes: dict[str, deque[Delivery]] = {}
        self._overtaken: dict[str, list[Delivery]] = {}
        self._due: dict[str, Delivery] = {}

    def _post(
        self, name: str, scheme: Scheme, url: str, payload: dict[str, Any], at: datetime
    ) -> None:
        self._send(
            _message(
                name, scheme, url, payload, self.settings.names, self.settings.wrappers
            ),
            at,
        )

    def _lose_its_way(self, name: str, hint: str, at: datetime, *about: str) -> None:
        """Note an event that has no address."""
        self.lost.note(LostEvent(name=name, at=at, about=about, hint=hint))

    def _send(self, message: Message, at: datetime) -> list[Delivery]:
        fault = self._fault_of(message)
        kind = None if fault is None else fault.kind.name
        if kind == "webhook_lost":
            return [self._lose(message)]
        if kind == "webhook_out_of_order":
            return [self._have_overtaken(message)]
        if kind == "webhook_forged":
            self._send_one(replace(message, forged=True), at)
        if fault is not None and kind == "webhook_late":
            at += timedelta(seconds=fault.seconds or 0)
        copies = self.settings.copies + (kind == "webhook_twice")
        sent = [self._send_one(message, at) for _ in range(copies)]
        # Of two things at one moment the agenda does the earlier planned one first: those that wait follow this one.
        self._at_or_now(self._due_of(at), lambda: self._let_follow(message.url))
        return sent

    def _fault_of(self, message: Message) -> Fault | None:
        """Return the fault that strikes an event; what a test has forged is none."""
        if message.forged:
            return None
        return self._faults.strike(Strikes.WEBHOOK, message.name)

    def _lose(self, message: Message) -> Delivery:
        """Post nothing."""
        delivery = self._new_delivery(message)
        delivery.state = DeliveryState.NOT_SENT
        delivery.reason = "the fault webhook_lost"
        return delivery

    def _have_overtaken(self, message: Message) -> Delivery:
        """Hold an event until the next one to its address was sent."""
        delivery = self._new_delivery(message)
        if delivery.state is not DeliveryState.NOT_SENT:
            self._hold_back(delivery)
            self._overtaken.setdefault(message.url, []).append(delivery)
        return delivery

    def _let_follow(self, url: str) -> None:
        """Send what waited for an event to an address, unless `release` has sent it."""
        for delivery in self._overtaken.pop(url, ()):
            if self._held.pop(delivery.id, None) is not None:
                self._start_or_hold(delivery)

    def _send_one(self, message: Message, at: datetime) -> Delivery:
        delivery = self._new_delivery(message)
        if delivery.state is DeliveryState.NOT_SENT:
            return delivery
        delivery.state = DeliveryState.DELAYED
        self._at_or_now(self._due_of(at), lambda: self._start_or_hold(delivery))
        return delivery

    def _due_of(self, at: datetime) -> datetime:
        """Return the moment at which an event of this moment is delivered."""
        return at + timedelta(seconds=self.settings.delay)

    def _at_or_now(self, due: datetime, do: Callable[[], None]) -> None:
        """Do something at its moment; at once, if that has come."""
        if due > self._clock.now():
            self._agenda.at(due, lambda _: do())
        else:
            do()

    def _new_delivery(self, message: Message) -> Delivery:
        """Remember a new delivery, which is not sent if its address is not allowed."""
        self._made += 1
        made_at = self._clock.now()
        delivery = Delivery(id=f"whd_{self._made}", message=message, at=made_at)
        self._remember(delivery)
        self._refuse(delivery)
        return delivery

    def _refuse(self, delivery: Delivery) -> bool:
        """Return whether a delivery is not sent, since its address is not allowed."""
        message = delivery.message
        reason = self._refusal(message.url)
        if reason is None:
            return False
        delivery.state, delivery.reason = DeliveryState.NOT_SENT, reason
        if self._poster is not None:
            _log.warning("webhook %r was not sent: %s", message.name, reason)
        return True

    def _remember(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = delivery
        if len(self._deliveries) > _REMEMBERED:
            self._deliveries.popitem(last=False)

    def _start_or_hold(self, delivery: Delivery) -> None:
        if self.holding:
            self._hold_back(delivery)
        else:
            self._start(delivery)

    def _hold_back(self, delivery: Delivery) -> None:
        delivery.state = DeliveryState.HELD
        self._held[delivery.id] = delivery

    def _start(self, delivery: Delivery) -> None:
        # What was planned before a new start may have an address that this sandbox does not post to.
        if self._refuse(delivery):
            return
        delivery.state = DeliveryState.PENDING
        if self._keeps:
            self._due[delivery.id] = delivery
            return
        url = delivery.message.url
        if url in self._lanes:
            self._lanes[url].append(delivery)
            return
        self._lanes[url] = deque([delivery])
        if self._poster is not None:
            self._begin(url)

    def _begin(self, url: str) -> None:
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
        delays = () if delivery.message.forged else self._delays
        # A delivery that was begun before the sandbox started goes on where it was.
        for delay in (None, *delays)[len(delivery.attempts) :]:
            if delay is not None:
                delivery.next_at = self._clock.now() + timedelta(seconds=delay)
                await self._sleep(delay)
                delivery.next_at = None
            if await self._attempt(delivery):
                return
        self._give_up(delivery)
        self.on_progress(delivery)

    def _give_up(self, delivery: Delivery) -> None:
        delivery.state = DeliveryState.GIVEN_UP
        delivery.reason = "no attempt was acknowledged with 200"
        _log.warning(
            "webhook %r was given up after %d attempt(s)",
            delivery.message.name,
            len(delivery.attempts),
        )

    async def _attempt(self, delivery: Delivery) -> bool:
        if self._poster is None:
            raise RuntimeError("the sender has not been opened")
        message, now = delivery.message, self._clock.real_now()
        headers = self._headers(message, now)
        attempt = replace(self._attempt_at(now), headers=headers)
        try:
            reply = await self._poster.post(message.url, headers, message.content)
        except Exception as error:
            # Whatever becomes of a strange address, the events behind this one must still go out.
            attempt = replace(attempt, error=type(error).__name__)
        else:
            attempt = replace(attempt, status=reply.status, excerpt=reply.excerpt)
        delivery.attempts.append(attempt)
        delivered = attempt.status == _ACKNOWLEDGES
        if delivered:
            delivery.state = DeliveryState.DELIVERED
        self.on_progress(delivery)
        return delivered

    def _attempt_at(self, moment: datetime) -> DeliveryAttempt:
        """Return an attempt of a real moment, which is this one."""
        return DeliveryAttempt(at=moment, seen_at=self._clock.now())

    def _headers(self, message: Message, now: datetime) -> dict[str, str]:
        """Return the headers of a post, with its token or signature."""
        secrets = self._strange_secrets if message.forged else self._secrets
        signed = secrets.headers(
            message.scheme,
            message.content,
            message.text,
            int(now.timestamp()),
            self.settings.authorization,
        )
        return {"Content-Type": "application/json"} | signed

    def _shown_due(self, delivery: Delivery) -> dict[str, Any]:
        message = delivery.message
        return {
            "id": delivery.id,
            "name": message.name,
            "url": message.url,
            "headers": self._headers(message, self._clock.real_now()),
            "body": message.content.decode(),
        }

    def _refusal(self, url: str) -> str | None:
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return "the callback URL cannot be read"
        if parts.scheme not in ("http", "https") or not host:
            return "the callback URL is not an http or https address"
        if self._keeps or is_loopback(host) or host.lower() in self._hosts:
            return None
        return f"{host} is not this machine; --webhook-host {host} allows it, if the events are meant for it"


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _message(
    name: str,
    scheme: Scheme,
    url: str,
    payload: object,
    names: Names | None,
    wrappers: bool | None,
    forged: bool = False,
) -> Message:
    """Return what is posted. A callback signs its fields as they are before they are spelled in another way."""
    posted = spelled(payload, names, wrappers)
    return Message(
        name=name,
        scheme=scheme,
        url=url,
        payload=posted,
        content=wire.dumps(posted),
        text=signed_text(payload),
        forged=forged,
    )
