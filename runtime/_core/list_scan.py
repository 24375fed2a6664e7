# plexy-pay runtime, written by hand in runtime/_core/list_scan.py; the generator copies it unchanged.
"""Read a list from its first page to its last, and find the rows with the wanted references.

Reading is a generator without input or output: it yields the requests of pages and takes their responses.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from ..errors import ApiError, ConfigurationError, PlexyError
from .encoding import is_array
from .operation import Request
from .recipes import Listing
from .references import Reference

T = TypeVar("T")
Steps: TypeAlias = Generator[Request[Any], Any, T]

MOST_PAGES, PAGE_SIZE = 1000, 50
"""The largest number of pages to read of a list, and the number of rows to request on each page."""


def ask(request: Request[Any]) -> Steps[Any]:
    """Yield the request of a look-up; return the response, or the error that replaced it."""
    response: Any = yield replace(request, quiet=True)
    if isinstance(response, ConfigurationError):
        raise response
    return response


def failed(what: str, error: PlexyError) -> str:
    """Return the reason text for a failed look-up.

    The error's own text says what the look-up means for the money, which a reader would take for the call's meaning.
    """
    if isinstance(error, ApiError):
        message = f', "{error.api_message}"' if error.api_message else ""
        return f"{what} could not be read (status {error.status}{message})"
    return f"{what} could not be read ({type(error).__name__})"


class Reading:
    """Hold the rows that one or two readings of a list showed.

    Attributes:
        problem: The first reason why the reading may be incomplete; empty if there is none.
        retry_after: The number of seconds that the API asked to wait.
        is_confirmed: Whether a second reading showed the same rows.
    """

    def __init__(self, wanted: set[str]) -> None:
        self.wanted = wanted
        self.problem: str = ""
        self.retry_after: float | None = None
        self.is_confirmed: bool = False
        self.references: dict[object, object] = {}  # The references of all rows, by id.
        self._found: dict[str, dict[object, Any]] = {}
        self._spellings: set[str] = set()
        self._dated: list[tuple[float, Reference]] = []
        self._undated: list[Reference] = []
        self._oldest: float | None = None

    def add(self, look: Listing[Any, Any], row: object) -> None:
        """Add one row."""
        identity = look.identity(row) if isinstance(row, look.row) else None
        if not isinstance(identity, (str, int)) or identity in self.references:
            return self.doubt(
                "a row has no id, or came twice because the pages moved meanwhile"
            )
        self.references[identity] = value = look.field(row)
        made = look.made(row)
        moment = made.timestamp() if isinstance(made, datetime) else None
        if moment is not None and (self._oldest is None or moment < self._oldest):
            self._oldest = moment
        if not isinstance(value, str) or not value.strip():
            return self.doubt("a row has no reference")
        if value in self.wanted:
            self._found.setdefault(value, {})[identity] = row
            return None
        reference = Reference.of(value)
        self._spellings.add(reference.whole)
        if moment is None:
            self._undated.append(reference)
        else:
            self._dated.append((moment, reference))
        return None

    def finish(self) -> None:
        """Sort the rows by time."""
        self._dated.sort(key=_moment)

    def doubt(self, problem: str) -> None:
        """Record a reason why the reading may be incomplete, unless there is one already."""
        self.problem = self.problem or problem

    def confirm(self, again: Reading) -> None:
        """Compare with a second reading, and add the rows that only the second one showed."""
        if again.problem:
            self.doubt(f"in a second reading {again.problem}")
            self.retry_after = again.retry_after
        elif again.references != self.references:
            self.doubt("two readings showed different rows, so the list is changing")
        else:
            self.is_confirmed = True
        for reference, rows in again._found.items():
            self._found.setdefault(reference, {}).update(rows)

    def rows(self, reference: str) -> list[Any]:
        """Return the rows with exactly this reference."""
        return list(self._found.get(reference, {}).values())

    def other_spelling(self, reference: str) -> bool:
        """Return whether a row has the reference in another spelling."""
        return Reference.of(reference).whole in self._spellings

    def may_show(self, reference: str, earliest: float, latest: float) -> bool:
        """Return whether a row between the two times may show the reference in an altered form."""
        ours = Reference.of(reference)
        first = bisect_left(self._dated, earliest, key=_moment)
        last = bisect_right(self._dated, latest, key=_moment)
        dated = (shown for _, shown in self._dated[first:last])
        return any(map(ours.may_be, dated)) or any(map(ours.may_be, self._undated))

    def reaches(self, moment: float) -> bool:
        """Return whether the list shows a row older than the moment, or the account is empty."""
        if not self.references:
            return True
        return self._oldest is not None and self._oldest < moment


def _moment(row: tuple[float, Reference]) -> float:
    return row[0]


def read(look: Listing[Any, Any], wanted: set[str]) -> Steps[Reading]:
    """Read the list from its first page to its last."""
    reading = Reading(wanted)
    count, totals = 0, set[object]()
    for number in range(1, MOST_PAGES + 1):
        page = yield from ask(look.request(number, PAGE_SIZE))
        if isinstance(page, PlexyError):
            reading.doubt(failed("a page", page))
            reading.retry_after = page.retry_after
            return reading
        rows, shown, total = look.rows(page), look.page(page), look.total(page)
        totals.add(total if type(total) is int else None)
        if not is_array(rows) or (type(shown) is int and shown != number):
            reading.doubt(f"page {number} is not the list's page {number}")
            return reading
        before = len(reading.references)
        for row in rows:
            reading.add(look, row)
        count += len(rows)
        # A total may be capped or stale, so only a page that is not full, or an empty page, ends the list.
        size = look.size(page)
        full = min(size, PAGE_SIZE) if type(size) is int else PAGE_SIZE
        is_new = len(reading.references) > before
        if (
            look.whole
            or not is_new
            or (type(total) is int and count >= total and len(rows) < full)
        ):
            break
    else:
        reading.doubt(f"it has more than {MOST_PAGES} pages")
    if totals != {count}:
        stated = "another total" if totals - {None} else "no total"
        reading.doubt(f"{count} rows were read, but the list states {stated}")
    reading.finish()
    return reading
