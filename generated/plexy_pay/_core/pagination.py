# plexy-pay runtime, written by hand in runtime/_core/pagination.py; the generator copies it unchanged.
"""Following the pages of a list, sync and async, with one set of rules for when to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from hashlib import sha256
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, TypeVar

from ..errors import InvalidParameterError
from .base_client import AsyncClient, SyncClient
from .decoding import empty_of, expected_by
from .encoding import encode, is_array, is_object
from .operation import Request
from .types import UNSET, RequestOptions, Unset
from .wire_types import WireType

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT")


class PageRules(NamedTuple):
    """What the spec says of a list operation: the names of the attributes to read, empty where there is none.

    Args:
        items: Of the response: its rows. Empty where the response is the list itself.
        size: Of the response: how many rows a full page holds.
        total: Of the response: how many rows there are on all pages.
        identity: Of a row: what tells it apart from all others.
    """

    items: str = ""
    size: str = ""
    total: str = ""
    identity: str = ""

    def rows(self, response: Any, number: int) -> list[Any]:
        """The rows of a page; a ValueError where they cannot be read, so that none is lost in silence."""
        rows = getattr(response, self.items, UNSET) if self.items else response
        if is_array(rows):
            return rows
        total = self.number_in(response, self.total)
        # Many services write an empty list as null, or leave it out. But the first page of a list with rows has some.
        if (rows is None or (rows is UNSET and total is not None)) and not (
            number <= 1 and total
        ):
            return []
        found = (
            "missing"
            if rows is UNSET
            else "null"
            if rows is None
            else f"of type {type(rows).__name__}"
        )
        beside = "" if total is None else f", although {self.total} is {total}"
        raise ValueError(
            f"{self.items or 'the response'} is {found}, not a list{beside}"
        )

    @staticmethod
    def number_in(response: Any, name: str) -> int | None:
        """A number that the response gives about itself, or None."""
        value = getattr(response, name, None) if name else None
        return (
            value
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0
            else None
        )

    def key(self, row: Any) -> str | int | None:
        """The identity of a row, or None if it has none: then nothing tells it apart from others."""
        value = getattr(row, self.identity, None) if self.identity else None
        return (
            value
            if isinstance(value, (str, int))
            and not isinstance(value, bool)
            and value != ""
            else None
        )


class PageBody(Generic[PageT]):
    """The decoder of one page: a response is not readable if its rows are not; the error then names the page.

    It expects what the decoder of the response expects.
    """

    def __init__(
        self, decode: Callable[[Any], PageT], rules: PageRules, number: int
    ) -> None:
        self.expects: WireType | None = expected_by(decode)
        self._decode = decode
        self._rules = rules
        self._number = number

    def __call__(self, data: Any) -> PageT:
        try:
            response = self._decode(data)
            self._rules.rows(response, self._number)
        except ValueError as error:
            raise ValueError(f"page {self._number}: {error}") from None
        return response

    def empty(self) -> PageT:
        """Return a page without rows."""
        page = empty_of(self._decode)
        if self._rules.items:
            setattr(page, self._rules.items, [])
        return page


class _Walk:
    """The state of one walk over the pages; it does no input or output of its own.

    It ends at an empty page, at one that is shorter than the size that the API reports unless the total says that
    more is to come, and at one that shows for the second time in a row nothing but rows that were there before. The
    total alone never ends it: rows would be lost where it is wrong.
    """

    def __init__(self, rules: PageRules, first: int | Unset, whole: bool) -> None:
        self.page = first
        self.finished = False
        self._rules = rules
        self._whole = whole
        self._received: int | None = None
        self._seen: set[str | int] = set()
        self._seen_again: set[str | int] = set()
        self._anonymous_pages: set[bytes] = set()

    @property
    def number(self) -> int:
        return 1 if isinstance(self.page, Unset) else self.page

    def checked(self, request: Request[PageT]) -> Request[PageT]:
        """The request of a page, whose response is not readable if its rows are not; errors name the page."""
        request.decode = PageBody(request.decode, self._rules, self.number)
        request.part = f"page {self.number}"
        return request

    def take(self, response: Any) -> list[Any]:
        """The rows of a page that were not there before; decides whether it was the last page."""
        rules, number = self._rules, self.number
        rows = rules.rows(response, number)
        new: list[Any] = []
        keys: set[str | int] = set()
        anonymous = False
        for row in rows:
            key = rules.key(row)
            if key is None:
                anonymous = True
            elif key in self._seen:
                keys.add(key)
                continue
            else:
                self._seen.add(key)
            new.append(row)
        if anonymous and not self._whole:
            # Rows that nothing tells apart are known again only as a whole page that came before.
            page = _fingerprint(rows)
            new = [] if page in self._anonymous_pages else new
            self._anonymous_pages.add(page)
        # A page without anything new may be a burst of new rows, which moved the known ones on; a second one with the
        # same rows is a server that does not look at the page's number.
        stuck = not new and keys <= self._seen_again
        self._seen_again = set() if new else self._seen_again | keys
        # What a later start left out counts as pages of this length: at worst one page too many is asked for.
        self._received = (
            (number - 1) * len(rows) if self._received is None else self._received
        ) + len(rows)
        self.finished = (
            self._whole or not rows or stuck or self._is_short(response, len(rows))
        )
        self.page = number + 1
        return new

    def _is_short(self, response: Any, length: int) -> bool:
        size = self._rules.number_in(response, self._rules.size)
        total = self._rules.number_in(response, self._rules.total)
        # The size may be what was asked for, while the API gives fewer: then the total tells.
        return (
            size is not None
            and length < size
            and (total is None or (self._received or 0) >= total)
        )


def _fingerprint(rows: list[Any]) -> bytes:
    """Tell rows from others; in a loop, because a row may be nested deeper than Python can call."""
    digest, left = sha256(), [encode(rows)]
    while left:
        item = left.pop()
        if is_object(item):
            digest.update(b"{%d" % len(item))
            left += chain.from_iterable(item.items())
        elif is_array(item):
            digest.update(b"[%d" % len(item))
            left += item
        else:
            digest.update(b" " + ascii(item).encode())
    return digest.digest()


class _AnyPager(Generic[PageT]):
    """What both pagers share."""

    def __init__(
        self,
        request: Callable[[int | Unset], Request[PageT]],
        rules: PageRules,
        page: int | Unset,
        options: RequestOptions,
        whole: bool,
    ) -> None:
        self._request = request
        self._rules = rules
        self._first: int | Unset = 1 if isinstance(page, Unset) and not whole else page
        self._options = options
        self._whole = whole
        if type(page) is not int and not isinstance(page, Unset):
            raise InvalidParameterError(
                f"{self._call}: page is not a whole number. Nothing was sent."
            )

    @property
    def _call(self) -> str:
        return self._request(UNSET).operation.call

    def _walk(self) -> _Walk:
        return _Walk(self._rules, self._first, self._whole)

    def _check_limit(self, limit: int | None) -> None:
        if limit is not None and (type(limit) is not int or limit < 0):
            problem = "limit is not a whole number from 0"
            raise InvalidParameterError(f"{self._call}: {problem}. Nothing was sent.")

    def __repr__(self) -> str:
        where = "in one response" if self._whole else f"from page {self._first}"
        return f"<{type(self).__name__} {self._call} {where}>"


class Pager(_AnyPager[PageT], Generic[ItemT, PageT]):
    """A list that is fetched page by page while you iterate over it.

    `for item in pager` follows all pages; nothing is sent before the first item is asked for, and no page before it
    is needed. A row that comes again is given once. Each iteration starts anew. A list that comes in one response is
    one page.
    """

    def __init__(
        self,
        client: SyncClient,
        request: Callable[[int | Unset], Request[PageT]],
        rules: PageRules,
        *,
        page: int | Unset,
        options: RequestOptions,
        whole: bool,
    ) -> None:
        super().__init__(request, rules, page, options, whole)
        self._client = client

    def __iter__(self) -> Iterator[ItemT]:
        """The items of all pages."""
        for _, items in self._steps():
            yield from items

    def pages(self) -> Iterator[PageT]:
        """The pages as the API sent them, their repeated rows included; of an empty list the one page."""
        for page, _ in self._steps():
            yield page

    def first(self) -> ItemT | None:
        """The first item, or None if the list is empty."""
        return next(iter(self), None)

    def to_list(self, *, limit: int | None = None) -> list[ItemT]:
        """The items as a list.

        Args:
            limit: How many at most; no page beyond is asked for.
        """
        self._check_limit(limit)
        return list(islice(self, limit))

    def total(self) -> int | None:
        """How many items the API says there are on all pages; it asks for one page.

        None where the API does not say it. Nothing is sent if no response of this operation ever does.
        """
        if not self._rules.total:
            return None
        page = self._client.execute(self._request(self._first), self._options).parsed
        return self._rules.number_in(page, self._rules.total)

    def _steps(self) -> Iterator[tuple[PageT, list[ItemT]]]:
        walk, started = self._walk(), False
        while not walk.finished:
            page = self._client.execute(
                walk.checked(self._request(walk.page)), self._options
            ).parsed
            items = walk.take(page)
            if items or not started:
                yield page, items
            started = True


class AsyncPager(_AnyPager[PageT], Generic[ItemT, PageT]):
    """The async twin of `Pager`: `async for item in pager`. The call that makes it is not awaited."""

    def __init__(
        self,
        client: AsyncClient,
        request: Callable[[int | Unset], Request[PageT]],
        rules: PageRules,
        *,
        page: int | Unset,
        options: RequestOptions,
        whole: bool,
    ) -> None:
        super().__init__(request, rules, page, options, whole)
        self._client = client

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        """The items of all pages."""
        async for _, items in self._steps():
            for item in items:
                yield item

    async def pages(self) -> AsyncIterator[PageT]:
        """The pages as the API sent them, their repeated rows included; of an empty list the one page."""
        async for page, _ in self._steps():
            yield page

    async def first(self) -> ItemT | None:
        """The first item, or None if the list is empty."""
        return next(iter(await self.to_list(limit=1)), None)

    async def to_list(self, *, limit: int | None = None) -> list[ItemT]:
        """The items as a list.

        Args:
            limit: How many at most; no page beyond is asked for.
        """
        self._check_limit(limit)
        found: list[ItemT] = []
        walk = self._walk()
        while not walk.finished and (limit is None or len(found) < limit):
            found += walk.take(await self._fetch(walk))
        return found[:limit]

    async def total(self) -> int | None:
        """How many items the API says there are on all pages; it asks for one page.

        None where the API does not say it. Nothing is sent if no response of this operation ever does.
        """
        if not self._rules.total:
            return None
        page = (
            await self._client.execute(self._request(self._first), self._options)
        ).parsed
        return self._rules.number_in(page, self._rules.total)

    async def _fetch(self, walk: _Walk) -> PageT:
        return (
            await self._client.execute(
                walk.checked(self._request(walk.page)), self._options
            )
        ).parsed

    async def _steps(self) -> AsyncIterator[tuple[PageT, list[ItemT]]]:
        walk, started = self._walk(), False
        while not walk.finished:
            page = await self._fetch(walk)
            items = walk.take(page)
            if items or not started:
                yield page, items
            started = True
