"""Pages are followed to their end, never for ever, and no item comes twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay import UNSET, AsyncPager, Pager
from plexy_pay.pagination import PageRules

Page = dict[str, Any]
RULES: PageRules[Any, Page] = PageRules(
    items=lambda page: page.get("data", UNSET),
    size=lambda page: page.get("size", UNSET),
    total=lambda page: page.get("total", UNSET),
    identity=lambda item: item.get("id") if isinstance(item, dict) else item,
)


class Server:
    """A list on a server, with what it says about itself."""

    def __init__(self, items: list[Any], per_page: int, **says: Any) -> None:
        self.items, self.per_page, self.says = items, per_page, says
        self.asked: list[int] = []

    def fetch(self, number: int) -> Page:
        self.asked.append(number)
        start = (number - 1) * self.per_page
        return {"data": self.items[start : start + self.per_page], **self.says}

    async def fetch_async(self, number: int) -> Page:
        return self.fetch(number)


def both(server: Server, **arguments: Any) -> tuple[list[Any], list[Any]]:
    async def collect() -> list[Any]:
        return [item async for item in AsyncPager(server.fetch_async, RULES, **arguments)]

    return list(Pager(server.fetch, RULES, **arguments)), asyncio.run(collect())


@given(st.integers(0, 30), st.integers(1, 7), st.booleans(), st.booleans())
def test_every_item_comes_once_whatever_the_api_says_about_its_pages(
    count: int, size: int, says_total: bool, says_size: bool
) -> None:
    items = [{"id": number} for number in range(count)]
    says = ({"total": count} if says_total else {}) | ({"size": size} if says_size else {})
    assert both(Server(items, size, **says)) == (items, items)


def test_nothing_is_fetched_before_the_first_item_is_asked_for() -> None:
    server = Server([1, 2, 3], 2)
    pager = Pager(server.fetch, RULES)
    assert server.asked == []
    assert pager.first() == 1
    assert server.asked == [1]


def test_the_total_saves_the_last_empty_page() -> None:
    server = Server([1, 2, 3, 4], 2, total=4)
    assert list(Pager(server.fetch, RULES)) == [1, 2, 3, 4]
    assert server.asked == [1, 2]


def test_a_server_that_caps_the_page_size_loses_nothing() -> None:
    items = list(range(10))
    for says in ({}, {"size": 3}, {"total": 10}):
        assert list(Pager(Server(items, 3, **says).fetch, RULES)) == items


def test_a_row_inserted_while_paging_repeats_none_and_loses_none() -> None:
    server = Server([{"id": n} for n in (5, 4, 3, 2, 1)], 2)
    seen: list[int] = []
    for item in Pager(server.fetch, RULES):
        seen.append(item["id"])
        if len(seen) == 2:
            server.items.insert(0, {"id": 6})
    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("says", [{}, {"total": 4}, {"size": 2}])
def test_a_server_that_ignores_the_page_number_is_not_asked_for_ever(says: dict[str, int]) -> None:
    class Stuck(Server):
        def fetch(self, number: int) -> Page:
            return super().fetch(1)

    assert both(Stuck([1, 2], 2, **says)) == ([1, 2], [1, 2])


@pytest.mark.parametrize("odd", [None, "rows", {"0": 1}, UNSET])
def test_a_page_without_a_list_ends_the_walk(odd: object) -> None:
    assert list(Pager(lambda number: {"data": odd}, RULES)) == []


def test_items_without_an_identity_are_all_given() -> None:
    server = Server([{"x": 1}, {"x": 1}, {"x": 1}], 2)
    assert len(list(Pager(server.fetch, RULES))) == 3


def test_pages_and_a_later_start() -> None:
    server = Server([1, 2, 3, 4, 5], 2, total=5)
    assert [page["data"] for page in Pager(server.fetch, RULES).pages()] == [[1, 2], [3, 4], [5]]
    assert list(Pager(server.fetch, RULES, page=2)) == [3, 4, 5]

    async def pages() -> list[Any]:
        return [page["data"] async for page in AsyncPager(server.fetch_async, RULES).pages()]

    assert asyncio.run(pages()) == [[1, 2], [3, 4], [5]]


def test_the_first_of_an_empty_list_is_none() -> None:
    assert Pager(Server([], 2).fetch, RULES).first() is None
    assert asyncio.run(AsyncPager(Server([], 2).fetch_async, RULES).first()) is None
