"""Webhooks on demand, for programs: what `routes` takes over HTTP, as methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote

from ..control_calls import PATIENCE, ask
from .routes import PATH

_KEPT: Final[Any] = object()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver: the status of the response, or the name of the error that came in its place."""

    at: str
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentWebhook:
    """A delivery, as far as it had come when it was asked for.

    Attributes:
        id: Its id in the sandbox. The receiver does not see it.
        name: The event's name; `callback-2023` for the callback of 2023.
        scheme: What proves it: `token`, `fields` or `body`.
        url: Where it goes.
        state: `held`, `delayed`, `pending`, `delivered`, `given_up` or `not_sent`.
        reason: Why it was given up or not sent.
        attempts: The tries so far.
        payload: The body.
    """

    id: str
    name: str
    scheme: str
    url: str
    state: str
    reason: str | None = None
    attempts: tuple[Attempt, ...] = ()
    payload: Any = field(repr=False)


class WebhookControl:
    """Make a running sandbox deliver what a handler of webhooks must cope with.

    `RunningSandbox.webhooks` is one. For a sandbox that was started as a command, make one with its address.

    Args:
        base_url: The sandbox's origin, such as `http://127.0.0.1:8490`.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def __repr__(self) -> str:
        return f"<WebhookControl {self._base_url}>"

    def configure(
        self,
        *,
        url: str | None = _KEPT,
        checkout_url: str | None = _KEPT,
        callback_url: str | None = _KEPT,
        authorization: Literal["bearer", "raw", "doubled"] = _KEPT,
        copies: int = _KEPT,
        delay: float = _KEPT,
        names: Literal["camel", "snake"] | None = _KEPT,
        wrappers: bool | None = _KEPT,
    ) -> None:
        """Change where events go and how they look, from now on; what is not named stays as it is.

        Args:
            url: Where events of the Pay API go that have no callback URL of their own.
            checkout_url: Where events of v2 go.
            callback_url: Where host-to-host payments report by the callback of 2023, in place of `transaction.*`.
            authorization: How the token is written: `Bearer <token>`, `<token>`, or `Bearer Bearer <token>`.
            copies: How often each event is delivered.
            delay: Seconds of the sandbox's time between an event and its delivery.
            names: Spell all fields in camel case or in snake case; None spells them as documented.
            wrappers: Wrap ids in `{"Value": ...}` or not; None does as documented.

        Raises:
            ValueError: if the sandbox does not take a value.
        """
        given: dict[str, Any] = {
            "url": url,
            "checkout_url": checkout_url,
            "callback_url": callback_url,
            "authorization": authorization,
            "copies": copies,
            "delay": delay,
            "names": names,
            "wrappers": wrappers,
        }
        self._post(
            "/settings",
            {name: value for name, value in given.items() if value is not _KEPT},
        )

    def emit(
        self,
        name: str,
        data: Any = _KEPT,
        *,
        payload: Any = _KEPT,
        url: str | None = None,
        scheme: Literal["token", "fields", "body"] | None = None,
        names: Literal["camel", "snake"] | None = _KEPT,
        wrappers: bool | None = _KEPT,
        forged: bool = False,
    ) -> SentWebhook:
        """Send a new event that nothing in the sandbox has led to.

        Args:
            name: Any event of the OpenAPI document, such as `transaction.charged` or `callback-2023`, or a name
                that nobody knows.
            data: Fields that replace those of the document's sample.
            payload: The whole body, in place of the sample: any JSON, sent as it is.
            url: Where it goes; None is where the events of its scheme go.
            scheme: What proves it; None is the scheme of the event.
            names: As in `configure`, for this event.
            wrappers: As in `configure`, for this event.
            forged: Prove it with a secret that nobody knows, as an attacker would. A handler must refuse it. It is
                tried only once.

        Returns:
            The delivery, the first of them if there are several copies.

        Raises:
            ValueError: if the event has no address, or the sandbox does not take a value.
        """
        given: dict[str, Any] = {
            "data": data,
            "payload": payload,
            "names": names,
            "wrappers": wrappers,
        }
        body = {field: value for field, value in given.items() if value is not _KEPT}
        body |= {"name": name, "forged": forged}
        body |= {} if url is None else {"url": url}
        body |= {} if scheme is None else {"scheme": scheme}
        return self._post("/emit", body)[0]

    def redeliver(self, delivery: SentWebhook | str) -> SentWebhook:
        """Deliver an event once more: the same body to the same address.

        Args:
            delivery: A delivery, or its id.

        Raises:
            ValueError: if the sandbox does not know it.
        """
        return self._post(f"/{quote(_id(delivery), safe='')}/redeliver")[0]

    def hold(self) -> None:
        """Keep back what would be sent from now on, until `release`."""
        self._post("/hold")

    def release(
        self, order: Iterable[SentWebhook | str] | Literal["reversed"] = ()
    ) -> list[SentWebhook]:
        """Send what was held back, and hold nothing any more.

        Args:
            order: The deliveries, or their ids, that go first, in this order; the others follow as they came. Or
                `reversed`: the last one first.

        Returns:
            What was held, in the order of sending.

        Raises:
            ValueError: if one of them is not held.
        """
        ids = order if isinstance(order, str) else [_id(delivery) for delivery in order]
        return self._post("/release", {"order": ids})

    def wait(self, seconds: float = PATIENCE) -> list[SentWebhook]:
        """Wait until nothing is on its way any more, apart from what is held or delayed.

        Args:
            seconds: How long to wait at most.

        Returns:
            All deliveries that the sandbox remembers, the oldest first.

        Raises:
            TimeoutError: if something is on its way still; a handler that does not respond with 200 is tried again for
                more than ten seconds.
        """
        return self._post("/wait", {"seconds": seconds}, patience=seconds + PATIENCE)

    def deliveries(self) -> list[SentWebhook]:
        """Return all deliveries that the sandbox remembers, the oldest first."""
        return self._call("GET", "", None, PATIENCE)

    def _post(
        self, path: str, body: Any = None, patience: float = PATIENCE
    ) -> list[SentWebhook]:
        return self._call("POST", path, {} if body is None else body, patience)

    def _call(
        self, method: str, path: str, body: Any, patience: float
    ) -> list[SentWebhook]:
        response = ask(self._base_url, method, PATH + path, body, patience)
        return [_sent(listed) for listed in response.get("deliveries", ())]


def _id(delivery: SentWebhook | str) -> str:
    return delivery if isinstance(delivery, str) else delivery.id


def _sent(listed: Mapping[str, Any]) -> SentWebhook:
    fields = dict(listed)
    fields["attempts"] = tuple(Attempt(**attempt) for attempt in listed["attempts"])
    return SentWebhook(**fields)
