"""Serve the pages of the dashboard. To read them changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..request_log import LoggedRequest
from ..webhooks.sender import Delivery
from . import addresses, requests, signatures, static_files
from .forms import Forms
from .json_text import pretty
from .orders import Order, Orders
from .pages import Pages
from .programs import Program, program_of
from .sources import Sources
from .summary import headline_of
from .timeline import requests_about, timeline_of
from .webhook_news import short_trouble_of, trouble_of, words_of

_ORDERS: Final = 20
_ROWS: Final = 50
_FEW: Final = 8
_MOST_DIGITS: Final = 8

Row = TypeVar("Row")

#: What a developer who has made nothing yet may begin with.
_FIRST: Final = LoggedRequest(
    number=0,
    at="",
    method="POST",
    path="/v1/payment-links",
    body={"amount": 2_200_000, "currency": "KZT", "orderReference": "ORD-1001"},
)


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """Represent one page of a long list.

    Attributes:
        rows: The rows.
        number: Its number, from 1.
        has_more: Whether there is another one behind it.
    """

    rows: list[Row]
    number: int
    has_more: bool


class Dashboard:
    """Serve the pages.

    Args:
        sources: The parts of the sandbox.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._pages = Pages(sources)
        self._forms = Forms(sources, self._pages)

    def routes(self) -> list[Route]:
        """Return the routes."""
        base = addresses.BASE
        pages = {
            addresses.OVERVIEW: self.overview,
            f"{base}/orders/{{id:path}}": self.order,
            addresses.REQUESTS: self.requests,
            f"{addresses.REQUESTS}/{{number}}": self.request,
            addresses.WEBHOOKS: self.webhooks,
            f"{addresses.WEBHOOKS}/{{id}}": self.delivery,
            addresses.CONTROLS: self._forms.controls,
            addresses.RESET: self.reset,
        }
        return [
            *(Route(path, page, methods=["GET"]) for path, page in pages.items()),
            *self._forms.routes(),
            static_files.route(),
        ]

    async def overview(self, request: Request) -> Response:
        """Show the latest payments and links, and why the latest is not paid."""
        orders = Orders(self._sources)
        part = _part(request, orders.all(), _ORDERS)
        logged = list(filter(requests.is_of_a_program, self._sources.log.all()))
        latest = next(orders.all(), None)
        return self._pages.show(
            request,
            "overview.html",
            headline=headline_of(latest, logged),
            part=part,
            requests=logged[:_FEW],
            deliveries=_newest(self._sources)[:_FEW],
            lost=self._sources.sender.lost.all()[: -_FEW - 1 : -1],
            faults=self._sources.faults.list(),
            first=None if part.rows else self._program_of(request, _FIRST),
            **_FUNCTIONS,
        )

    async def order(self, request: Request) -> Response:
        """Show a payment or a link with all that happened to it."""
        orders = Orders(self._sources)
        order = orders.find(request.path_params["id"])
        if order is None:
            return self._pages.nothing(request, "payment or link")
        logged = self._sources.log.all()
        return self._pages.show(
            request,
            "order.html",
            order=order,
            page=self._page_of(request, order),
            moments=timeline_of(order, logged, orders.visits, orders.news),
            requests=list(requests_about(order, iter(logged))),
            **_FUNCTIONS,
        )

    async def requests(self, request: Request) -> Response:
        """List the requests of programs and payers."""
        part = _part(request, self._sources.log.all(), _ROWS)
        return self._pages.show(request, "requests.html", part=part, **_FUNCTIONS)

    async def request(self, request: Request) -> Response:
        """Show a request with its response, what was wrong with it, and the code for it."""
        number = request.path_params["number"]
        for logged in self._sources.log.all():
            if str(logged.number) == number:
                return self._pages.show(
                    request,
                    "request.html",
                    logged=logged,
                    flaws=requests.flaws_of(self._sources.contract, logged),
                    program=self._program_of(request, logged),
                    body=requests.body_of(logged.body),
                    response=requests.body_of(logged.response),
                    **_FUNCTIONS,
                )
        return self._pages.nothing(request, "request")

    async def webhooks(self, request: Request) -> Response:
        """List the deliveries, and the events that had nowhere to go."""
        sender = self._sources.sender
        return self._pages.show(
            request,
            "webhooks.html",
            part=_part(request, _newest(self._sources), _ROWS),
            lost=sender.lost.all()[: -_ROWS - 1 : -1],
            settings=sender.settings,
            **_FUNCTIONS,
        )

    async def delivery(self, request: Request) -> Response:
        """Show a delivery with its attempts, and explain its signature."""
        delivery = self._sources.sender.delivery(request.path_params["id"])
        if delivery is None:
            return self._pages.nothing(request, "delivery")
        access = self._sources.access
        return self._pages.show(
            request,
            "delivery.html",
            delivery=delivery,
            trouble=trouble_of(delivery),
            headers=signatures.headers_of(delivery, access),
            body=delivery.message.content.decode(),
            pretty=pretty(delivery.message.payload),
            explanation=signatures.explained(delivery, access),
            **_FUNCTIONS,
        )

    async def reset(self, request: Request) -> Response:
        """Ask whether everything is to be forgotten."""
        return self._pages.show(request, "reset.html")

    def _program_of(self, request: Request, logged: LoggedRequest) -> Program | None:
        if not requests.is_of_a_program(logged):
            return None
        return program_of(
            self._sources.contract, logged, self._sources.access, _origin_of(request)
        )

    def _page_of(self, request: Request, order: Order) -> str | None:
        """Return where a payer pays, while that can be done."""
        if order.link is not None and order.link.is_open:
            return f"{_origin_of(request)}/{order.link.id}"
        if order.session is not None and order.session.status == "pending":
            return f"{_origin_of(request)}/_sandbox/sessions/{order.session.id}"
        return None


_FUNCTIONS: Final[dict[str, Any]] = {
    "tone_of": requests.tone_of,
    "reason_of": requests.reason_of,
    "words_of": words_of,
    "trouble_of": short_trouble_of,
}


def _newest(sources: Sources) -> list[Delivery]:
    return list(reversed(sources.sender.deliveries()))


def _origin_of(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _part(request: Request, rows: Iterable[Row], size: int) -> Part[Row]:
    """Return the part of a list that a request asks for, by the number in its query."""
    asked = request.query_params.get("page", "1")
    # More digits than a list is long: Python refuses to read thousands of them.
    is_number = asked.isascii() and asked.isdigit() and len(asked) < _MOST_DIGITS
    number = max(int(asked), 1) if is_number else 1
    first = (number - 1) * size
    found = list(itertools.islice(rows, first, first + size + 1))
    return Part(found[:size], number, len(found) > size)
