"""Decide which requests a journal keeps, and what of them.

Kept are the requests that may have changed something: with their path, their body in JSON, and the headers that matter.
Not kept are keys, card data, and the forms of payers, apart from what a page names (`keep_form`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlencode

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.types import Scope

from . import wire
from .hiding import is_page, without_cards

HEADERS: Final = frozenset({"content-type"})
"""The headers that a request is kept with, besides its host and those that the document names."""

_READS: Final = frozenset({"GET", "HEAD"})
_CARD_DECLINED: Final = 402
_COMES_HALF_THE_WAY: Final = "/_sandbox/triggers"
_FORM: Final = "kept_form"
_ONLY_READS: Final = "only_reads"


def keep_form(request: Request, **fields: str) -> None:
    """Keep these fields of a page's form. None is kept unless a page says so: payers type card numbers."""
    request.scope[_FORM] = fields


def only_reads(request: Request) -> None:
    """Say of a POST that it changes nothing, and need not be kept."""
    request.scope[_ONLY_READS] = True


def may_change(scope: Scope, status: int, *, drew: bool) -> bool:
    """Return whether a request may have changed something.

    A request that is refused has changed nothing, unless a card was declined: that makes a transaction. A trigger may
    have come half the way.

    Args:
        scope: The request.
        status: The status of its response.
        drew: Whether its step has drawn an id: then it has made something, even if its method reads.
    """
    reads = scope["method"] in _READS and not drew
    if reads or _ONLY_READS in scope:
        return False
    refused = 400 <= status < 500 and status != _CARD_DECLINED
    return not refused or scope["path"] == _COMES_HALF_THE_WAY


def kept_of(scope: Scope, content: bytes, headers: Collection[str]) -> dict[str, Any]:
    """Return what is kept of a request.

    Args:
        scope: The request.
        content: Its body.
        headers: The names of the headers that are kept, in lower case.

    Raises:
        ValueError: if a body with card data is nested too deeply to be written.
    """
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    named = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in scope["headers"]
    ]
    kept = [header for header in named if header[0] in headers]
    # The links of a response begin with the host that the request names, or with that of the server.
    host = ("host", URL(scope=scope).netloc)
    page = is_page(scope["path"])
    return {
        "method": scope["method"],
        "path": raw_path.decode("latin-1").partition("?")[0],
        "query": "" if page else scope["query_string"].decode("latin-1"),
        "headers": [host, *kept],
        "body": _form(scope) if page or _FORM in scope else _json(content),
    }


def _form(scope: Scope) -> bytes:
    return urlencode(scope.get(_FORM, {})).encode()


def _json(content: bytes) -> bytes:
    """Return a body without its card data; nothing of one that is no JSON, which nobody has read."""
    try:
        body = wire.loads(content)
    except ValueError:
        return b""
    try:
        hidden = without_cards(body)
        return content if hidden == body else wire.dumps(hidden)
    except RecursionError:
        raise ValueError("the body is nested too deeply to be kept") from None
