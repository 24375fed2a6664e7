"""Know from the log which pages payers have opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..request_log import LoggedRequest

_INVALID: Final = 422


@dataclass(frozen=True, slots=True)
class Visit:
    """Represent a request of a payer.

    Attributes:
        at: The moment, in the time of the sandbox.
        number: The number of the request.
        step: The part of the path behind that of the page: `pay`, `decline`, `3ds`; nothing for the page itself.
        status: The status of the response.
    """

    at: datetime
    number: int
    step: str
    status: int

    @property
    def has_mistakes(self) -> bool:
        """Return whether a form was sent with mistakes."""
        return self.step == "pay" and self.status == _INVALID


class Visits:
    """Hold the requests of payers by the page.

    Args:
        requests: The latest requests, the newest first.
    """

    def __init__(self, requests: Iterable[LoggedRequest]) -> None:
        self._visits: dict[str, list[Visit]] = {}
        for logged in requests:
            page, step = _page_of(logged.path.partition("?")[0])
            if page:
                at = datetime.fromisoformat(logged.at)
                visit = Visit(at, logged.number, step, logged.status)
                self._visits.setdefault(page, []).append(visit)

    def of(self, page: str) -> list[Visit]:
        """Return the visits of a page, by the id of its link, its session or its payment; the newest first."""
        return self._visits.get(page, [])


def _page_of(path: str) -> tuple[str, str]:
    """Return the id of the page at a path, and what follows it."""
    # The path of `OPTIONS *` has no slash.
    _, _, inner = path.partition("/")
    first, *rest = inner.split("/")
    if first.startswith("pl_"):
        return first, "/".join(rest)
    if first == "_sandbox" and len(rest) > 1:
        return rest[1], "/".join(rest[2:])
    return "", ""
