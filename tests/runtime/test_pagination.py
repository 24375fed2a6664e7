"""Every list is followed to its end and never for ever; no row comes twice, and none is lost in silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.calls import Flavor, Recording
from helpers.http_library import httpx
from hypothesis import example, given
from hypothesis import strategies as st
from plexy_pay import (
    UNSET,
    AuthenticationError,
    DecodingError,
    InvalidParameterError,
    Outcome,
    PlexyPay,
)
from plexy_pay._core.operation import Request
from plexy_pay._resources.gate_product_types import (
    AsyncGateProductTypesResource,
    GateProductTypesResource,
)
from plexy_pay._resources.payouts import AsyncPayoutsResource, PayoutsResource
from plexy_pay._resources.transactions import (
    AsyncTransactionsResource,
    TransactionsResource,
)

Row = dict[str, Any]
Responder = Callable[[Mapping[str, Any]], Any]


class Lists:
    """The lists of the sync client, answered by a function of the query; what was asked is recorded."""

    transactions: Any = TransactionsResource
    payouts: Any = PayoutsResource
    product_types: Any = GateProductTypesResource

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def of(self, response: Responder, resource: Any = None, **arguments: Any) -> Any:
        """A pager of a client whose API answers so."""

        def execute(request: Request[Any], options: Any) -> Any:
            query = {
                name: value
                for name, value in request.query.items()
                if value is not UNSET
            }
            self.asked.append(query)
            assert len(self.asked) < 1000, "asked for ever"
            return SimpleNamespace(parsed=request.decode(response(query)))

        client: Any = SimpleNamespace(execute=self.executing(execute))
        return (resource or self.transactions)(client).list(**arguments)

    @property
    def numbers(self) -> list[Any]:
        """The pages that were asked for."""
        return [query.get("page") for query in self.asked]

    def executing(self, execute: Callable[[Request[Any], Any], Any]) -> Any:
        return execute

    def rows(self, pager: Any) -> list[Any]:
        return list(pager)

    def until(self, pager: Any, count: int) -> list[Any]:
        """The first rows, by a loop that breaks."""
        found: list[Any] = []
        for row in pager:
            found.append(row)
            if len(found) == count:
                break
        return found

    def pages(self, pager: Any) -> list[Any]:
        return list(pager.pages())

    def done(self, result: Any) -> Any:
        return result


class AsyncLists(Lists):
    """The lists of the async client."""

    transactions = AsyncTransactionsResource
    payouts = AsyncPayoutsResource
    product_types = AsyncGateProductTypesResource

    def executing(self, execute: Callable[[Request[Any], Any], Any]) -> Any:
        async def execute_async(request: Request[Any], options: Any) -> Any:
            return execute(request, options)

        return execute_async

    def rows(self, pager: Any) -> list[Any]:
        async def collect() -> list[Any]:
            return [row async for row in pager]

        return asyncio.run(collect())

    def until(self, pager: Any, count: int) -> list[Any]:
        async def collect() -> list[Any]:
            found: list[Any] = []
            async for row in pager:
                found.append(row)
                if len(found) == count:
                    break
            return found

        return asyncio.run(collect())

    def pages(self, pager: Any) -> list[Any]:
        async def collect() -> list[Any]:
            return [page async for page in pager.pages()]

        return asyncio.run(collect())

    def done(self, result: Any) -> Any:
        return asyncio.run(result)


BOTH = (Lists, AsyncLists)


@pytest.fixture(params=BOTH, ids=["sync", "async"])
def lists(request: pytest.FixtureRequest) -> Lists:
    made: Lists = request.param()
    return made


def row(number: object) -> Row:
    return {"transactionId": f"tx_{number}", "amount": 100}


def ids(rows: list[Any]) -> list[str]:
    return [found.transaction_id for found in rows]


def paging(count: int, per_page: int, **says: Any) -> Responder:
    """A list that does not change; `says` is what its responses tell about themselves."""
    rows = [row(number) for number in range(count)]

    def response(query: Mapping[str, Any]) -> Any:
        start = (query["page"] - 1) * per_page
        return {"data": rows[start : start + per_page], **says}

    return response


def expected(count: int) -> list[str]:
    return [f"tx_{number}" for number in range(count)]


# -- following, and when it stops --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "says", "numbers"),
    [
        (5, {"size": 2, "total": 5}, [1, 2, 3]),
        (5, {"size": 2}, [1, 2, 3]),
        (5, {"total": 5}, [1, 2, 3, 4]),
        (5, {}, [1, 2, 3, 4]),
        (4, {"size": 2, "total": 4}, [1, 2, 3]),
        (0, {"size": 2, "total": 0}, [1]),
        (0, {}, [1]),
    ],
)
def test_it_stops_at_an_empty_or_a_short_page(
    lists: Lists, count: int, says: dict[str, int], numbers: list[int]
) -> None:
    assert ids(lists.rows(lists.of(paging(count, 2, **says)))) == expected(count)
    assert lists.numbers == numbers


def test_nothing_is_sent_before_a_row_is_asked_for_and_no_page_before_it_is_needed(
    lists: Lists,
) -> None:
    pager = lists.of(paging(6, 2))
    assert lists.asked == []
    assert ids(lists.until(pager, 2)) == expected(2)
    assert lists.numbers == [1]
    assert ids(lists.until(pager, 3)) == expected(3)
    assert lists.numbers == [1, 1, 2]


def test_first_is_one_request_and_none_for_an_empty_list(lists: Lists) -> None:
    assert lists.done(lists.of(paging(6, 2)).first()).transaction_id == "tx_0"
    assert lists.done(lists.of(paging(0, 2)).first()) is None
    assert lists.numbers == [1, 1]


def test_to_list_asks_for_no_page_beyond_its_limit(lists: Lists) -> None:
    pager = lists.of(paging(6, 2))
    assert ids(lists.done(pager.to_list(limit=3))) == expected(3)
    assert ids(lists.done(pager.to_list(limit=2))) == expected(2)
    assert lists.done(pager.to_list(limit=0)) == []
    assert lists.numbers == [1, 2, 1]
    assert ids(lists.done(pager.to_list())) == expected(6)


@pytest.mark.parametrize("limit", [-1, 1.5, True, "3"])
def test_a_limit_that_is_none_is_refused(lists: Lists, limit: Any) -> None:
    with pytest.raises(
        InvalidParameterError,
        match=r"transactions\.list: limit is not a whole number from 0",
    ):
        lists.done(lists.of(paging(6, 2)).to_list(limit=limit))
    assert lists.asked == []


def test_each_iteration_starts_anew(lists: Lists) -> None:
    pager = lists.of(paging(3, 2))
    assert ids(lists.rows(pager)) == ids(lists.rows(pager)) == expected(3)


def test_a_later_page_and_the_size_are_the_caller_s(lists: Lists) -> None:
    assert (
        ids(lists.rows(lists.of(paging(5, 2, size=2, total=5), page=2, size=2)))
        == expected(5)[2:]
    )
    assert lists.asked == [{"page": 2, "size": 2}, {"page": 3, "size": 2}]


@pytest.mark.parametrize("page", ["2", 2.0, True, None])
def test_a_page_that_is_no_number_is_refused_before_anything_is_sent(
    lists: Lists, page: Any
) -> None:
    with pytest.raises(
        InvalidParameterError, match=r"transactions\.list: page is not a whole number"
    ):
        lists.of(paging(5, 2), page=page)


def test_pages_are_given_as_the_api_sent_them(lists: Lists) -> None:
    pages = lists.pages(lists.of(paging(4, 2, total=4)))
    assert [ids(page.data) for page in pages] == [["tx_0", "tx_1"], ["tx_2", "tx_3"]]
    (empty,) = lists.pages(lists.of(paging(0, 2, total=0)))
    assert (empty.data, empty.total) == ([], 0)


def test_the_total_is_what_the_api_says_or_none(lists: Lists) -> None:
    assert lists.done(lists.of(paging(5, 2, total=5)).total()) == 5
    assert lists.numbers == [1]
    for odd in (None, "5", -1, True, 5.5):
        assert lists.done(lists.of(paging(5, 2, total=odd)).total()) is None
    assert lists.done(lists.of(paging(5, 2)).total()) is None


def test_where_no_response_ever_has_a_total_nothing_is_sent_for_it(
    lists: Lists,
) -> None:
    assert lists.done(lists.of(paging(5, 2), lists.payouts).total()) is None
    assert lists.asked == []


def test_a_total_that_is_too_small_loses_no_row(lists: Lists) -> None:
    for total in (0, 1, 2, 4):
        assert ids(lists.rows(lists.of(paging(6, 2, size=2, total=total)))) == expected(
            6
        ), total


def test_a_server_that_gives_fewer_rows_than_it_says_loses_none(lists: Lists) -> None:
    assert ids(lists.rows(lists.of(paging(10, 3, size=50, total=10)))) == expected(10)
    assert lists.numbers == [1, 2, 3, 4]


# -- rows that come again, and rows that nothing tells apart ------------------------------------------------


def test_a_row_that_repeats_within_a_page_is_given_once(lists: Lists) -> None:
    response = {"data": [row(1), row(2), row(1)], "size": 50}
    assert ids(lists.rows(lists.of(lambda _: response))) == ["tx_1", "tx_2"]


@pytest.mark.parametrize(
    "says",
    [{}, {"total": 2}, {"size": 2}, {"total": 10**9, "size": 2}, {"total": 10**9}],
)
def test_a_server_that_ignores_the_page_is_not_asked_for_ever(
    lists: Lists, says: dict[str, int]
) -> None:
    response = {"data": [row(1), row(2)], **says}
    assert ids(lists.rows(lists.of(lambda _: response))) == ["tx_1", "tx_2"]
    assert lists.numbers == [1, 2, 3]


def test_a_server_that_repeats_its_last_page_is_not_asked_for_ever(
    lists: Lists,
) -> None:
    honest = paging(6, 2)
    response: Responder = lambda query: honest({"page": min(query["page"], 3)})  # noqa: E731
    assert ids(lists.rows(lists.of(response))) == expected(6)
    assert lists.numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("burst", [1, 2, 3, 4, 5, 9])
def test_a_burst_of_new_rows_hides_none_that_was_there(
    lists: Lists, burst: int
) -> None:
    rows = [row(number) for number in range(9)]

    def response(query: Mapping[str, Any]) -> Any:
        if len(lists.asked) == 3:
            rows[:0] = [row(f"new_{number}") for number in range(burst)]
        start = (query["page"] - 1) * 2
        return {
            "data": rows[start : start + 2],
            "page": query["page"],
            "size": 2,
            "total": len(rows),
        }

    found = ids(lists.rows(lists.of(response)))
    assert len(found) == len(set(found))
    assert set(expected(9)) <= set(found)


@pytest.mark.parametrize("identity", ["", None, {"id": 1}, ["tx"], 1.5, False])
def test_rows_without_a_usable_id_are_all_given(lists: Lists, identity: Any) -> None:
    rows = [{"transactionId": identity, "amount": 100}] * 3 + [
        {"amount": 100},
        {"amount": 100},
    ]
    found = lists.rows(
        lists.of(lambda query: {"data": rows if query["page"] == 1 else []})
    )
    assert len(found) == 5


def test_rows_that_are_no_objects_are_given_as_they_came(lists: Lists) -> None:
    response = {"data": [None, "row", row(1), ["row"], 7], "size": 50}
    found = lists.rows(lists.of(lambda _: response))
    assert [one for one in found if not hasattr(one, "transaction_id")] == [
        None,
        "row",
        ["row"],
        7,
    ]


def test_rows_without_ids_are_known_again_as_a_whole_page(lists: Lists) -> None:
    response = {"data": [{"amount": 100}, {"amount": 200}]}
    assert [found.amount for found in lists.rows(lists.of(lambda _: response))] == [
        100,
        200,
    ]
    assert lists.numbers == [1, 2]


# -- responses that hold no list ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ({"data": "rows"}, "data is of type str, not a list"),
        ({"data": {"0": row(1)}}, "data is of type dict, not a list"),
        (
            {"data": 7, "total": 0},
            "data is of type int, not a list, although total is 0",
        ),
        ({"transactions": [row(1)]}, "data is missing, not a list"),
        ({}, "data is missing, not a list"),
    ],
)
@pytest.mark.parametrize("number", [1, 3])
def test_a_page_whose_rows_cannot_be_read_is_an_error_that_names_it(
    flavor: Flavor, odd: Any, says: str, number: int
) -> None:
    honest = paging(100, 2)

    def handle(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        return httpx.Response(
            200, json=odd if page == number else honest({"page": page})
        )

    lists, client = lists_over(flavor, handle)
    with pytest.raises(DecodingError) as raised:
        lists.rows(lists.transactions(client).list())
    error = raised.value
    assert f"page {number}: {says}" in str(error)
    assert "This call only reads: it is safe to call again." in str(error)
    assert (error.operation, error.path, error.status) == (
        "transactions.list",
        "/v1/transactions",
        200,
    )
    assert (error.outcome, error.attempts) == (Outcome.UNKNOWN, 1)
    assert json.loads(error.body) == odd


@pytest.mark.parametrize(
    "empty", [{"data": None}, {"data": None, "total": 0}, {"total": 0}]
)
def test_null_is_an_empty_list(lists: Lists, empty: Any) -> None:
    assert lists.rows(lists.of(lambda _: empty)) == []
    honest = paging(4, 2)

    def ends(query: Mapping[str, Any]) -> Any:
        return honest(query) if query["page"] < 3 else {"total": 4, **empty}

    assert ids(lists.rows(lists.of(ends))) == expected(4)


@pytest.mark.parametrize("odd", [{"data": None, "total": 7}, {"total": 7}])
def test_a_first_page_without_rows_is_an_error_where_the_total_counts_some(
    lists: Lists, odd: Any
) -> None:
    with pytest.raises(ValueError, match="page 1: data is .*, although total is 7"):
        lists.rows(lists.of(lambda _: odd))


def test_an_array_that_is_none_is_an_error_and_null_is_an_empty_one(
    lists: Lists,
) -> None:
    with pytest.raises(
        ValueError, match="page 1: a JSON array was expected, not an object"
    ):
        lists.rows(lists.of(lambda _: {"items": []}, lists.payouts))
    assert lists.rows(lists.of(lambda _: None, lists.payouts)) == []


# -- bare arrays --------------------------------------------------------------------------------------------


def payouts(count: int) -> list[Row]:
    return [{"id": f"po_{number}"} for number in range(count)]


def test_a_list_without_page_parameters_is_asked_for_once(lists: Lists) -> None:
    types = [{"id": number, "code": f"type_{number}"} for number in range(120)]
    pager = lists.of(lambda _: types, lists.product_types)
    assert [found.id for found in lists.rows(pager)] == [*range(120)]
    assert lists.asked == [{}]
    assert [len(page) for page in lists.pages(pager)] == [120]
    assert lists.done(pager.first()).id == 0
    assert lists.asked == [{}] * 3


def test_an_array_whose_pages_are_only_inferred_is_followed_to_its_end(
    lists: Lists,
) -> None:
    def response(query: Mapping[str, Any]) -> Any:
        return payouts(5)[(query["page"] - 1) * 2 :][:2]

    assert len(lists.rows(lists.of(response, lists.payouts))) == 5


def test_an_array_that_ignores_the_page_comes_once_and_whole(lists: Lists) -> None:
    pager = lists.of(lambda _: payouts(120), lists.payouts)
    assert [found.id for found in lists.rows(pager)] == [
        found["id"] for found in payouts(120)
    ]
    assert len(lists.asked) == 3


@pytest.mark.parametrize(
    ("given", "count"),
    [({"size": 2}, 5), ({"page": 1}, 5), ({"page": 2, "size": 2}, 3)],
)
def test_a_caller_who_names_a_page_or_a_size_follows_its_pages(
    lists: Lists, given: dict[str, int], count: int
) -> None:
    def response(query: Mapping[str, Any]) -> Any:
        start = (query["page"] - 1) * 2
        return payouts(5)[start : start + 2]

    assert len(lists.rows(lists.of(response, lists.payouts, **given))) == count
    assert lists.asked == [{**given, "page": n} for n in range(given.get("page", 1), 5)]


def test_a_list_that_ignores_the_given_size_comes_once(lists: Lists) -> None:
    assert len(lists.rows(lists.of(lambda _: payouts(5), lists.payouts, size=2))) == 5


# -- a page is a call like any other ------------------------------------------------------------------------


def lists_over(
    flavor: Flavor, handle: Callable[[httpx.Request], httpx.Response], **arguments: Any
) -> tuple[Lists, Any]:
    """The lists of a whole client over a transport that answers with a function."""
    client = flavor.client(
        "http://127.0.0.1:9",
        http_client=flavor.transport(handle),
        pace=Recording(),
        **arguments,
    )
    if flavor.name == "sync":
        return Lists(), client
    lists = AsyncLists()
    runner: Any = vars(flavor)["runner"]

    def rows(pager: Any) -> list[Any]:
        async def collect() -> list[Any]:
            return [found async for found in pager]

        found: list[Any] = runner.run(collect())
        return found

    lists.rows = rows  # type: ignore[method-assign]  # One client belongs to one event loop.
    return lists, client


def test_the_options_go_with_each_page_and_each_page_is_retried(flavor: Flavor) -> None:
    seen: list[httpx.Request] = []
    honest = paging(3, 2, size=2, total=3)

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) % 2:
            return httpx.Response(503)
        return httpx.Response(
            200, json=honest({"page": int(request.url.params["page"])})
        )

    lists, client = lists_over(flavor, handle)
    options = {
        "extra_headers": {"x-tenant": "7"},
        "max_retries": 1,
        "api_key": "pr_another0a1B2c3D4",
    }
    assert ids(
        lists.rows(lists.transactions(client).list(options=options))
    ) == expected(3)
    assert [request.url.params["page"] for request in seen] == ["1", "1", "2", "2"]
    assert {request.headers["x-tenant"] for request in seen} == {"7"}
    assert {request.headers["authorization"] for request in seen} == {
        "pr_another0a1B2c3D4"
    }


def test_an_error_on_a_later_page_comes_after_the_rows_before_it(
    flavor: Flavor,
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.params["page"] == "2":
            return httpx.Response(401)
        return httpx.Response(200, json={"data": [row(0)], "size": 1, "total": 2})

    lists, client = lists_over(flavor, handle)
    pager = lists.transactions(client).list()
    with pytest.raises(AuthenticationError) as raised:
        lists.rows(pager)
    assert raised.value.operation == "transactions.list"


def test_the_repr_says_what_is_listed_and_shows_no_value() -> None:
    client = PlexyPay("pr_0a1B2c3D4e5F6g7H8i9J", agent_id="ag_1")
    secret: Any = {"api_key": "pr_other0a1B2c3D4", "extra_headers": {"x": "hidden"}}
    assert (
        repr(client.transactions.list(page=3, options=secret))
        == "<Pager transactions.list from page 3>"
    )
    types = client.gate.product_types.list()
    assert repr(types) == "<Pager gate.product_types.list in one response>"
    assert (
        repr(client.customers.transactions("cus_77"))
        == "<Pager customers.transactions from page 1>"
    )


# -- a simulated server -------------------------------------------------------------------------------------


class Changing:
    """A list that changes between two requests, on a server that may lie about it.

    Args:
        count: How many rows there are at first.
        size: How many rows it puts on a page.
        changes: What happens before each request: `(kind, place, number)`.
        total: `right`, `none`, `wrong` (one too few), `huge` or `growing`.
        says_size: `right`, `none`, or `echo` (more than it gives).
        mode: `honest`, `ignores` (always the first page), `clamps` (the last page for ever), `zero` (counts from 0).
        named: Whether its rows have ids.
    """

    def __init__(
        self, count: int, size: int, changes: list[tuple[str, int, int]], total: str, says_size: str, mode: str,
        named: bool,
    ) -> None:  # fmt: skip
        self.rows = [f"r{number}" for number in range(count)]
        self.present, self.exempt, self.shown = set(self.rows), set[str](), set[str]()
        self.size, self.total, self.says_size, self.mode, self.named = (
            size,
            total,
            says_size,
            mode,
            named,
        )
        self.changes, self.made, self.requests = iter(changes), 0, 0

    def __call__(self, query: Mapping[str, Any]) -> Any:
        self.requests += 1
        if self.requests > 1:
            self._change(*next(self.changes, ("nothing", 0, 0)))
        number = query["page"] - (self.mode != "zero")
        if self.mode == "ignores":
            number = 0
        if self.mode == "clamps":
            number = min(number, max(len(self.rows) - 1, 0) // self.size)
        start = max(number, 0) * self.size
        shown = self.rows[start : start + self.size]
        self.shown |= set(shown)
        # What stands before this page and was never shown moved there, across a boundary that was read already.
        self.exempt |= set(self.rows[:start]) - self.shown
        rows = [
            {"transactionId": name} if self.named else {"rrn": name} for name in shown
        ]
        total = {
            "right": len(self.rows),
            "wrong": max(len(self.rows) - 1, 0),
            "huge": 10**12,
        }
        total["growing"] = len(self.rows) + self.requests * 100
        size = {"right": self.size, "echo": self.size + 3}
        says = {
            "total": total.get(self.total),
            "size": size.get(self.says_size),
            "page": query["page"],
        }
        return {
            "data": rows,
            **{name: value for name, value in says.items() if value is not None},
        }

    def _change(self, kind: str, place: int, number: int) -> None:
        if kind == "insert":
            place = place % (len(self.rows) + 1)
            self.rows[place:place] = [f"n{self.made + one}" for one in range(number)]
            self.made += number
        elif kind == "remove" and self.rows:
            place = place % len(self.rows)
            self.present -= set(self.rows[place : place + number])
            del self.rows[place : place + number]
        elif kind == "resize":
            self.size = max(number, 1)


def name_of(found: Any) -> str:
    return str(found.rrn if found.transaction_id is UNSET else found.transaction_id)


def walked(
    server: Callable[[], Changing], kind: type[Lists], first: int
) -> tuple[Changing, list[str]]:
    made, lists = server(), kind()
    return made, [name_of(found) for found in lists.rows(lists.of(made, page=first))]


numbers = st.integers(0, 12)
any_change = st.tuples(
    st.sampled_from(["insert", "remove", "resize", "nothing"]), numbers, numbers
)


@given(
    st.integers(0, 25), st.integers(1, 5), st.lists(any_change, max_size=12),
    st.sampled_from(["right", "none", "wrong", "huge", "growing"]), st.sampled_from(["right", "none", "echo"]),
    st.sampled_from(["honest", "ignores", "clamps", "zero"]), st.booleans(), st.integers(0, 4),
)  # fmt: skip
def test_whatever_the_server_does_the_walk_ends_and_gives_no_id_twice(
    count: int,
    size: int,
    changes: list[Any],
    total: str,
    says: str,
    mode: str,
    named: bool,
    first: int,
) -> None:
    for kind in BOTH:
        made, found = walked(
            lambda: Changing(count, size, changes, total, says, mode, named),
            kind,
            first,
        )
        assert made.requests <= 2 * (count + made.made) + len(changes) + 5
        assert set(found) <= made.shown
        # Where nothing tells rows apart, those that moved come again.
        if named or not changes:
            assert len(found) == len(set(found))


@st.composite
def small_changes(draw: st.DrawFn) -> tuple[int, list[tuple[str, int, int]]]:
    """Fewer rows than a page inserted between two requests, anywhere, and any removed."""
    size = draw(st.integers(1, 5))
    insert = st.tuples(st.just("insert"), numbers, st.integers(0, size - 1))
    return size, draw(
        st.lists(
            st.one_of(insert, st.tuples(st.just("remove"), numbers, numbers)),
            max_size=12,
        )
    )


def lies() -> Iterator[tuple[str, str]]:
    """What a server may say of itself: where its size is more than it gives, a total must not be too small."""
    for total in ("right", "none", "wrong", "huge", "growing"):
        yield total, "right"
        yield total, "none"
    yield from (("right", "echo"), ("huge", "echo"), ("growing", "echo"))


@given(
    st.integers(0, 25),
    small_changes(),
    st.sampled_from(list(lies())),
    st.integers(1, 4),
)
def test_a_row_that_stays_and_does_not_move_across_what_was_read_is_given(
    count: int, changes: tuple[int, list[Any]], says: tuple[str, str], first: int
) -> None:
    for kind in BOTH:
        made, found = walked(
            lambda: Changing(count, *changes, *says, "honest", True), kind, first
        )
        assert made.present - made.exempt <= set(found)


@given(
    st.integers(1, 25),
    st.integers(1, 5),
    st.integers(0, 40),
    st.integers(0, 6),
    st.sampled_from(list(lies())),
)
@example(count=6, size=2, burst=2, when=0, says=("right", "right"))
def test_one_burst_of_rows_of_any_length_hides_none_that_was_there(
    count: int, size: int, burst: int, when: int, says: tuple[str, str]
) -> None:
    changes = [("nothing", 0, 0)] * when + [("insert", 0, burst)]
    for kind in BOTH:
        made, found = walked(
            lambda: Changing(count, size, changes, *says, "honest", True), kind, 1
        )
        assert {f"r{number}" for number in range(count)} <= set(found)
        assert made.requests <= 2 * (count + burst) + 2
