# plexy-pay runtime, written by hand in generator/runtime/pagination.py; the generator copies it unchanged.
"""Following the pages of a list, sync and async, with one set of rules for when to stop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

from .types import UNSET, Unset

ItemT = TypeVar("ItemT")
PageT = TypeVar("PageT")


class PageRules(Generic[ItemT, PageT]):
    """What the spec says of a list operation: how to read a page.

    Args:
        items: Reads the items of a page.
        size: Reads how many items a full page holds, or UNSET where the API does not say.
        total: Reads how many items there are in all, or UNSET where the API does not say.
        identity: The key under which one item is the same item on two pages, or None if it has none.
    """

    def __init__(
        self,
        items: Callable[[PageT], Any],
        size: Callable[[PageT], Any],
        total: Callable[[PageT], Any],
        identity: Callable[[ItemT], Any],
    ) -> None:
        self.items = items
        self.size = size
        self.total = total
        self.identity = identity


class _Walk(Generic[ItemT, PageT]):
    """The state of one walk over the pages; it does no input or output of its own."""

    def __init__(self, rules: PageRules[ItemT, PageT], first_page: int) -> None:
        self._rules = rules
        self._seen: set[Any] = set()
        self._received = 0
        self.page = first_page
        self.finished = False

    def take(self, page: PageT) -> list[ItemT]:
        """The items of a page that were not seen before; decides whether it was the last page."""
        items = self._rules.items(page)
        received = cast("Sequence[ItemT]", items) if isinstance(items, list) else ()
        new: list[ItemT] = []
        for item in received:
            key = self._rules.identity(item)
            if key is None or key is UNSET:
                new.append(item)
            elif key not in self._seen:
                self._seen.add(key)
                new.append(item)
        self._received += len(received)
        self.finished = not received or self._is_last(page, received, new)
        self.page += 1
        return new

    def _is_last(self, page: PageT, received: Sequence[ItemT], new: Sequence[ItemT]) -> bool:
        total = self._rules.total(page)
        if isinstance(total, int):
            return self._received >= total
        # Only the size that the API reports tells a short page: it may hold fewer items than the caller asked for.
        size = self._rules.size(page)
        if isinstance(size, int) and len(received) < size:
            return True
        # Nothing new on a full page: a server that ignores the page number would otherwise be asked for ever.
        return not new


class Pager(Generic[ItemT, PageT]):
    """A list that is fetched page by page while you iterate over it.

    `for item in pager` follows all pages; nothing is fetched before the first item is asked for. Each iteration
    starts anew.
    """

    def __init__(
        self,
        fetch: Callable[[int], PageT],
        rules: PageRules[ItemT, PageT],
        page: int | Unset = UNSET,
    ) -> None:
        self._fetch = fetch
        self._rules = rules
        self._first_page = 1 if isinstance(page, Unset) else page

    def __iter__(self) -> Iterator[ItemT]:
        walk = _Walk(self._rules, self._first_page)
        while not walk.finished:
            yield from walk.take(self._fetch(walk.page))

    def pages(self) -> Iterator[PageT]:
        """The pages themselves, as the API sent them."""
        walk = _Walk(self._rules, self._first_page)
        while not walk.finished:
            page = self._fetch(walk.page)
            walk.take(page)
            yield page

    def first(self) -> ItemT | None:
        """The first item, or None if the list is empty."""
        return next(iter(self), None)


class AsyncPager(Generic[ItemT, PageT]):
    """The async twin of `Pager`: `async for item in pager`."""

    def __init__(
        self,
        fetch: Callable[[int], Awaitable[PageT]],
        rules: PageRules[ItemT, PageT],
        page: int | Unset = UNSET,
    ) -> None:
        self._fetch = fetch
        self._rules = rules
        self._first_page = 1 if isinstance(page, Unset) else page

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        walk = _Walk(self._rules, self._first_page)
        while not walk.finished:
            for item in walk.take(await self._fetch(walk.page)):
                yield item

    async def pages(self) -> AsyncIterator[PageT]:
        """The pages themselves, as the API sent them."""
        walk = _Walk(self._rules, self._first_page)
        while not walk.finished:
            page = await self._fetch(walk.page)
            walk.take(page)
            yield page

    async def first(self) -> ItemT | None:
        """The first item, or None if the list is empty."""
        async for item in self:
            return item
        return None
