# plexy-pay runtime, written by hand in runtime/_core/pagination.py; the generator copies it unchanged.
"""Follow the pages of a list, sync and async, with one set of rules for when to stop."""

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
    """Hold the names of the attributes to read in a list operation. A name is empty if the spec has no such attribute.

    Args:
        items: The response's attribute with its rows. Empty if the response is the list itself.
        size: The response's attribute with the number of rows on a full page.
        total: The response's attribute with the number of rows on all pages.
        identity: The row's attribute that distinguishes it from all other rows.
    """

    items: str = ""
    size: str = ""
    total: str = ""
    identity: str = ""

    def rows(self, response: Any, number: int) -> list[Any]:
        """Return the rows of a page.

        Raises:
            ValueError: if the rows cannot be read. No row is lost silently.
        """
        rows = getattr(response, self.items, UNSET) if self.items else response
        if is_array(rows):
            return rows
        total = self.number_in(response, self.total)
        # Many services write an empty list as null, or leave it out. But the first page of a list with rows has some.
        may_be_empty = rows is None or (rows is UNSET and total is not None)
        must_have_rows = number <= 1 and total
        if may_be_empty and not must_have_rows:
            return []
        if rows is UNSET:
            found = "missing"
        elif rows is None:
            found = "null"
        else:
            found = f"of type {type(rows).__name__}"
        beside = "" if total is None else f", although {self.total} is {total}"
        raise ValueError(
            f"{self.items or 'the response'} is {found}, not a list{beside}"
        )

    @staticmethod
    def number_in(response: Any, name: str) -> int | None:
        """Return a number that the response states about itself; None if it states none."""
        value = getattr(response, name, None) if name else None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            return None
        return value

    def key(self, row: Any) -> str | int | None:
        """Return the identity of a row; None if nothing distinguishes the row from others."""
        value = getattr(row, self.identity, None) if self.identity else None
        if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
            return None
        return value


class PageBody(Generic[PageT]):
    """Decode one page. A response without readable rows cannot be read, and the error names the page.

    It expects the same JSON type as the decoder of the response.
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
    """Hold the state of one walk over the pages, without input or output.

    The walk ends at an empty page. It ends at a page shorter than the size that the API reports, unless the total says
    that more rows follow. It also ends at the second consecutive page without a new row. The total alone never ends
    the walk, because a wrong total would lose rows.
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
        """Return the number of the page to fetch next."""
        return 1 if isinstance(self.page, Unset) else self.page

    def checked(self, request: Request[PageT]) -> Request[PageT]:
        """Return the request of a page, with a decoder that checks the rows and names the page in errors."""
        request.decode = PageBody(request.decode, self._rules, self.number)
        request.part = f"page {self.number}"
        return request

    def take(self, response: Any) -> list[Any]:
        """Return the new rows of a page, and decide whether it was the last page."""
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
            # Rows without identities are recognised only if the whole page came before.
            page = _fingerprint(rows)
            new = [] if page in self._anonymous_pages else new
            self._anonymous_pages.add(page)
        # A page without new rows may follow a burst of new rows, which moved the known rows to later pages. A second
        # page with the same rows means that the server ignores the page number.
        stuck = not new and keys <= self._seen_again
        self._seen_again = set() if new else self._seen_again | keys
        if self._received is None:
            # A walk that starts later skipped pages. They count as pages of this length: at worst the walk fetches one
            # page too many.
            self._received = (number - 1) * len(rows)
        self._received += len(rows)
        self.finished = (
            self._whole or not rows or stuck or self._is_short(response, len(rows))
        )
        self.page = number + 1
        return new

    def _is_short(self, response: Any, length: int) -> bool:
        size = self._rules.number_in(response, self._rules.size)
        total = self._rules.number_in(response, self._rules.total)
        # The size may repeat the request while the API returns fewer rows. Then the total decides.
        return (
            size is not None
            and length < size
            and (total is None or (self._received or 0) >= total)
        )


def _fingerprint(rows: list[Any]) -> bytes:
    """Return a digest that distinguishes rows from others. A loop handles rows nested deeper than Python can call."""
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
    """Hold the arguments of a pager, sync or async."""

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
    """Represent a list that is fetched page by page while you iterate over it.

    `for item in pager` follows all pages. The first request leaves when you ask for the first item, and each page is
    fetched only when it is needed. A repeated row is returned once. Each iteration starts again from the first page. A
    list that arrives in one response is one page.
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
        """Yield the items of all pages."""
        for _, items in self._steps():
            yield from items

    def pages(self) -> Iterator[PageT]:
        """Yield the pages as the API sent them, including repeated rows. An empty list has one page."""
        for page, _ in self._steps():
            yield page

    def first(self) -> ItemT | None:
        """Return the first item; None if the list is empty."""
        return next(iter(self), None)

    def to_list(self, *, limit: int | None = None) -> list[ItemT]:
        """Return the items as a list.

        Args:
            limit: The largest number of items to return. No page beyond them is fetched.
        """
        self._check_limit(limit)
        return list(islice(self, limit))

    def total(self) -> int | None:
        """Return the number of items on all pages, as the API states it. This fetches one page.

        None if the API does not state the number. Nothing is sent if the operation never states it.
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
    """Represent a list as `Pager` does, for async code: `async for item in pager`. Do not await the call itself."""

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
        """Yield the items of all pages."""
        async for _, items in self._steps():
            for item in items:
                yield item

    async def pages(self) -> AsyncIterator[PageT]:
        """Yield the pages as the API sent them, including repeated rows. An empty list has one page."""
        async for page, _ in self._steps():
            yield page

    async def first(self) -> ItemT | None:
        """Return the first item; None if the list is empty."""
        return next(iter(await self.to_list(limit=1)), None)

    async def to_list(self, *, limit: int | None = None) -> list[ItemT]:
        """Return the items as a list.

        Args:
            limit: The largest number of items to return. No page beyond them is fetched.
        """
        self._check_limit(limit)
        found: list[ItemT] = []
        walk = self._walk()
        while not walk.finished and (limit is None or len(found) < limit):
            found += walk.take(await self._fetch(walk))
        return found[:limit]

    async def total(self) -> int | None:
        """Return the number of items on all pages, as the API states it. This fetches one page.

        None if the API does not state the number. Nothing is sent if the operation never states it.
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
