"""Shared parts of the handlers: the request that they respond to, their registration, and pages.

A handler is registered under the `x-resource` and `x-method` of its operation; the document decides the path,
the parameters, the body's schema and the status of success.

Stand-in choices, made because no public source says otherwise:

* Lists show the newest first, 50 to a page, 1000 at most. A list without an envelope is shown whole, and in pages
  only to a request that names `page` or `size`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ..records import CardFace
from ..refusals import NotAllowed
from ..state import State
from ..validation import ValidRequest
from ..world import World

Json = dict[str, Any]
Body = Json | list[Json] | None

DEFAULT_PAGE_SIZE: Final = 50
LARGEST_PAGE_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """One valid request, the world it works on, and the origin under which the sandbox was reached."""

    world: World
    request: ValidRequest
    origin: str

    @property
    def state(self) -> State:
        """Return payment links, payments and transactions."""
        return self.world.state

    @property
    def id(self) -> str:
        """Return the path parameter `id`."""
        return str(self.request.path["id"])

    def required(self, source: str, *names: str) -> list[Any]:
        """Return fields of the body that the document does not require, and the sandbox cannot do without.

        Raises:
            NotAllowed: if one is missing.
        """
        for name in names:
            if name not in self.request.body:
                raise NotAllowed(f"{name} is required", source)
        return [self.request.body[name] for name in names]


Handler = Callable[[Call], Body]

HANDLERS: dict[tuple[str, str], Handler] = {}
"""The handlers by `(x-resource, x-method)`."""


def handles(resource: str, method: str) -> Callable[[Handler], Handler]:
    """Register a function as the handler of an operation."""

    def register(handler: Handler) -> Handler:
        HANDLERS[resource, method] = handler
        return handler

    return register


def page(call: Call, rows: Sequence[Any], show: Callable[[Any], Json]) -> Json:
    """Return one page in the envelope of the list of transactions."""
    number, size, shown = cut(call, rows)
    return {
        "data": [show(row) for row in shown],
        "page": number,
        "size": size,
        "total": len(rows),
    }


def bare_page(
    call: Call, rows: Sequence[Any], show: Callable[[Any], Json]
) -> list[Json]:
    """Return a list without an envelope: whole, or the page that the request names."""
    if {"page", "size"} & call.request.query.keys():
        rows = cut(call, rows)[2]
    return [show(row) for row in rows]


def cut(
    call: Call, rows: Sequence[Any], size_name: str = "size"
) -> tuple[int, int, Sequence[Any]]:
    """Return number and size of the page that a request wants, and the rows on it.

    Raises:
        NotAllowed: if there can be no such page.
    """
    number: int = call.request.query.get("page", 1)
    size: int = call.request.query.get(size_name, DEFAULT_PAGE_SIZE)
    if number < 1 or not 1 <= size <= LARGEST_PAGE_SIZE:
        raise NotAllowed(
            f"page counts from 1, and {size_name} is 1 to {LARGEST_PAGE_SIZE}", "query"
        )
    start = (number - 1) * size
    return number, size, rows[start : start + size]


def present(**values: object) -> Json:
    """Return the values that are there; the API leaves out what it does not know."""
    return {name: value for name, value in values.items() if value is not None}


def card_fields(face: CardFace) -> Json:
    """Return how a response shows a card."""
    return present(
        cardMask=face.mask,
        cardExpiryDate=face.expiry,
        cardScheme=face.scheme,
    )


def moment(text: str | None) -> datetime | None:
    """Return a moment of a request."""
    return None if text is None else datetime.fromisoformat(text.upper())
