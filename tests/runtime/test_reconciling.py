"""What became of a call: what is said, and above all when "not found" is not said."""

from __future__ import annotations

import copy
import itertools
import json
import pickle
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import plexy_pay
import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, Recording, set_pace
from helpers.description import DESCRIPTION
from helpers.wire import Recorded, Then, WireServer, http, json_response
from hypothesis import given, settings
from hypothesis import strategies as st
from plexy_pay import (
    AsyncPlexyPay,
    ConfigurationError,
    Executed,
    InvalidParameterError,
    Money,
    NotExecuted,
    OutcomeUnknownError,
    PlexyPay,
    Undetermined,
)
from plexy_pay._core.encoding import loads
from plexy_pay._core.operation import Request
from plexy_pay._core.recipes import Listing, One
from plexy_pay._core.reconciliation import Asking
from plexy_pay._operations import OPERATIONS
from plexy_pay._recipes import RECIPES
from plexy_pay.errors import (
    ApiTimeoutError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)
from plexy_pay.models import Order, Transaction, TransactionResponse

NOW = 1_800_000_000.0
LONGEST = 240.0  # A call may take 120 seconds, and its last attempt as long as all of its phases.
SAFE_AGE = 180.0  # A minute more than 120 seconds.
SENT = datetime.fromtimestamp(NOW - LONGEST - SAFE_AGE, UTC)
# In the test environment a shorter age may be asked for.
CLIENT = PlexyPay(
    KEY,
    base_url="http://127.0.0.1:9",
    environment="test",
    checkout_api_key=KEY,
    gate_api_key=OTHER_KEY,
    agent_id="agent-1",
)
Api = Callable[[Request[Any]], Any]


def iso(seconds: float) -> str:
    """A time, seconds after the call was sent, as the API writes it."""
    return (SENT + timedelta(seconds=seconds)).isoformat()


def row(reference: Any = "ORD-1", **changes: Any) -> dict[str, Any]:
    """A row of the list of transactions; a value of ... leaves a field out."""
    fields = {
        "transactionId": f"tx-{reference}",
        "amount": 15000,
        "status": "TRANSACTION_STATUS_CHARGED",
    }
    fields |= {"createdAt": iso(1), "orderReference": reference, **changes}
    return {name: value for name, value in fields.items() if value is not ...}


OLD = row("OLD", createdAt=iso(-86_400))


def one(reference: Any = "ORD-1", **changes: Any) -> dict[str, Any]:
    """A single transaction."""
    ids = {"transactionId": "tx-1", "paymentId": "tx-1"}
    fields = {
        **ids,
        "status": "charged",
        "amount": 15000,
        "merchantReference": reference,
    }
    return {
        name: value for name, value in {**fields, **changes}.items() if value is not ...
    }


def error(kind: type[plexy_pay.PlexyError], **facts: Any) -> plexy_pay.PlexyError:
    return kind("it failed.", **facts)


def api(rows: Any = (), single: Any = None, **page_changes: Any) -> Api:
    """An API that shows these rows, page by page, and this one thing; errors stand for failures."""

    def respond(request: Request[Any]) -> Any:
        assert (
            request.operation.method,
            request.operation.moves_money,
            request.quiet,
        ) == (
            "GET",
            False,
            True,
        )
        if request.path_params and request.operation.family == "pay":
            return error(NotFoundError, status=404) if single is None else single
        size = int(str(request.query.get("size") or request.query.get("pageSize")))
        number = int(str(request.query["page"]))
        if isinstance(rows, Exception):
            return rows
        listed = list(rows)
        shown = listed[(number - 1) * size : number * size]
        if request.operation.call == "settlement_orders.list":
            return shown
        key = "items" if request.operation.family == "gate" else "data"
        return {
            key: shown,
            "page": number,
            "size": size,
            "total": len(listed),
            **page_changes,
        }

    return respond


def ask_all(
    calls: Any,
    responses: Api,
    *,
    min_age: float | None = None,
    now: float = NOW,
    client: PlexyPay = CLIENT,
) -> tuple[list[Any], list[Request[Any]]]:
    """The responses, and the requests that were made for them."""
    pace = Recording()
    pace.wall = now
    set_pace(client, pace)
    settings = client._settings
    asking = Asking(settings, calls, min_age, False)
    for family in asking.families:
        ring = settings.ring(family)
        asking.use(family, ring, ring.keys())
    requests: list[Request[Any]] = []
    for look_ups in asking.rounds():
        for steps in look_ups:
            _response(steps, responses, requests)
    return asking.results(), requests


def _response(steps: Any, responses: Api, requests: list[Request[Any]]) -> None:
    response: Any = None
    while True:
        try:
            request = steps.send(response)
        except StopIteration:
            return
        requests.append(request)
        assert len(requests) < 2_000
        data = responses(request)
        response = (
            data
            if isinstance(data, Exception)
            else request.decode(loads(json.dumps(data).encode()))
        )


def ask(saved: Any, responses: Api, **options: Any) -> Any:
    """The response for one call."""
    return ask_all([saved], responses, **options)[0][0]


def save(operation: Any, **facts: Any) -> dict[str, Any]:
    """A saved call; it is just over, unless another time is given."""
    known: dict[str, Any] = {"sent_at": SENT, **facts}
    return CLIENT.save_call(operation, **known)


def payment(**changes: Any) -> dict[str, Any]:
    """A saved host-to-host payment."""
    known: dict[str, Any] = {
        "order_reference": "ORD-1",
        "amount": Money("15000", "KZT"),
    }
    return save("direct_payments.create", **{**known, **changes})


def capture(amount: Any = None) -> dict[str, Any]:
    return save("payments.capture", id="tx-1", amount=amount)


def without(saved: dict[str, Any], name: str) -> dict[str, Any]:
    """A saved call that lacks something."""
    return {key: value for key, value in saved.items() if key != name}


# -- a payment by its order reference -----------------------------------------------------------------------


def test_a_payment_in_the_list_is_found_and_says_by_what() -> None:
    found = ask(payment(), api([row("ORD-0"), row(), row("ORD-2")]))
    assert isinstance(found, Executed)
    assert isinstance(found.transaction, Transaction)
    assert (found.transaction.order_reference, found.by, found.evidence) == (
        "ORD-1",
        "transactions.list",
        "observed",
    )


def test_a_paid_payment_is_found_by_its_reference_without_reading_the_list() -> None:
    responses, requests = ask_all([payment()], api(single=one()))
    assert isinstance(responses[0], Executed)
    assert isinstance(responses[0].transaction, TransactionResponse)
    assert responses[0].evidence == "inferred"
    assert [request.operation.call for request in requests] == [
        "transactions.retrieve_by_order_reference"
    ]


def test_a_payment_that_the_whole_list_does_not_show_is_not_found() -> None:
    assert ask(payment(), api([OLD, row("ORD-0"), row("ORD-2")])) == NotExecuted(
        by="transactions.list", evidence="observed"
    )
    assert isinstance(ask(payment(), api([])), NotExecuted)
    assert isinstance(
        ask(payment(), api([OLD, *(row(f"ORD-9{n}") for n in range(120))])), NotExecuted
    )


@pytest.mark.parametrize(
    "status", ["rejected", "failed", "3d", "created", "odd", 7, ...]
)
def test_a_single_response_that_would_invite_a_second_payment_is_checked_in_the_list(
    status: Any,
) -> None:
    shown = one(status=status)
    assert isinstance(ask(payment(), api([row(status="rejected")], shown)), Executed)
    assert isinstance(
        ask(payment(), api([], shown)), Undetermined
    )  # The list contradicts it: nothing is certain.


@pytest.mark.parametrize("shown", [one("ORD-2"), one(...), one(amount=1), {}])
def test_a_single_response_about_something_else_is_no_proof_of_anything(
    shown: Any,
) -> None:
    assert isinstance(ask(payment(), api([], shown)), Undetermined)


BROKEN_LISTS: dict[str, Api] = {
    "a total that is larger": api([row("A")], total=2),
    "a total that is smaller": api([row("A"), row("B")], total=1),
    "no total": api([row("A")], total=None),
    "a total as text": api([row("A")], total="1"),
    "a total that is true": api([row("A")], total=True),
    "rows that are null": api([], data=None),
    "rows that are no list": api([], data={"A": 1}),
    "another page": api([row("A")], page=2),
    "a row that is no object": api(["A"]),
    "a row without a reference": api([row(...)]),
    "a row whose reference is null": api([row(None)]),
    "a row whose reference is empty": api([row(" ")]),
    "a row whose reference is a number": api([row(1)]),
    "a row without an id": api([row("A", transactionId=...)]),
    "a row that comes twice": api([row("A"), row("A")]),
    "a reference in other letters": api([row("ord-1")]),
    "a reference with a space": api([row(" ORD-1")]),
    "pages that are all the same": lambda request: {
        "data": [row(f"A{n}") for n in range(50)],
        "total": 100,
    },
    "a total that changes": lambda request: {
        "data": [row(f"{request.query['page']}-{n}") for n in range(50)][
            : 10 if request.query["page"] == 3 else 50
        ],
        "total": 100 + 10 * (request.query["page"] == 3),
    },
    "a total that is capped": lambda request: {
        "data": [row(f"{request.query['page']}-{n}") for n in range(50)]
        if int(str(request.query["page"])) < 4
        else [],
        "total": 100,
    },
    "no end": lambda request: {
        "data": [row(f"{request.query['page']}")],
        "total": 9_000,
    },
    "no response": api(error(ApiTimeoutError)),
    "no permission": api(error(PermissionDeniedError, status=403)),
}


@pytest.mark.parametrize("broken", BROKEN_LISTS.values(), ids=BROKEN_LISTS)
def test_a_list_that_is_not_known_as_a_whole_proves_nothing(broken: Api) -> None:
    def responses(request: Request[Any]) -> Any:
        return (
            error(NotFoundError, status=404) if request.path_params else broken(request)
        )

    response = ask(payment(), responses)
    assert isinstance(response, Undetermined)
    assert "transactions.list" in response.reason
    assert "older than the call" not in response.reason
    assert "dashboard" in response.check


def test_a_failed_look_up_is_named_with_the_time_that_the_api_asked_for() -> None:
    response = ask(payment(), api(error(RateLimitError, status=429, retry_after=7.0)))
    assert isinstance(response, Undetermined)
    assert "status 429" in response.reason
    assert response.retry_after == 7.0


@pytest.mark.parametrize(
    ("age", "wait"), [(0.0, 420.0), (240.0, 180.0), (419.0, 1.0), (-30.0, 450.0)]
)
def test_a_call_that_may_still_be_on_its_way_is_not_said_to_be_absent(
    age: float, wait: float
) -> None:
    response = ask(payment(), api([]), now=SENT.timestamp() + age)
    assert isinstance(response, Undetermined)
    assert response.retry_after == wait
    assert response.retry_at == datetime.fromtimestamp(NOW, UTC)
    assert isinstance(
        ask(payment(), api([]), now=SENT.timestamp() + age, min_age=0.0), NotExecuted
    ) is (age >= LONGEST)
    assert isinstance(
        ask(payment(), api([row()]), now=SENT.timestamp() + age), Executed
    )


def test_the_seconds_to_wait_have_three_decimals_at_most_and_are_enough() -> None:
    response = ask(payment(), api([]), now=SENT.timestamp() + 240.123_456_7)
    assert isinstance(response, Undetermined)
    assert response.retry_after == 179.877


def test_a_call_whose_time_is_not_known_is_never_said_to_be_absent() -> None:
    saved = {**payment(), "sent_at": None}
    assert isinstance(ask(saved, api([])), Undetermined)
    for name in ("sent_at", "ended_by"):
        assert isinstance(ask(without(payment(), name), api([])), Undetermined)
    assert isinstance(ask(saved, api([row(createdAt=...)])), Executed)


@pytest.mark.parametrize(
    ("changes", "response"),
    [
        ({"createdAt": iso(-299)}, Executed),
        ({"createdAt": iso(-301)}, Undetermined),
        ({"createdAt": ...}, Undetermined),
        ({"createdAt": "yesterday"}, Undetermined),
        ({"amount": 15001}, Undetermined),
        ({"amount": ...}, Executed),
        ({"amount": "much"}, Executed),
    ],
)
def test_a_row_with_the_reference_is_found_only_if_it_can_be_the_call_s(
    changes: Any, response: type
) -> None:
    assert isinstance(ask(payment(), api([row(**changes)])), response)


def test_two_rows_with_the_reference_are_undetermined() -> None:
    response = ask(
        payment(), api([row(), row(transactionId="tx-2", status="rejected")])
    )
    assert isinstance(response, Undetermined)
    assert "2 rows" in response.reason


def test_in_a_list_that_broke_off_only_a_row_newer_than_the_call_is_found() -> None:
    def broken(seconds: float) -> Api:
        return lambda request: (
            error(NotFoundError)
            if request.path_params
            else {"data": [row(createdAt=iso(seconds))], "total": "?"}
        )

    assert isinstance(ask(payment(), broken(1)), Executed)
    assert isinstance(ask(payment(), broken(-1)), Undetermined)
    assert isinstance(ask({**payment(), "sent_at": None}, broken(1)), Undetermined)


# -- the other operations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("saved", "shown", "response"),
    [
        (capture(), one(status="charged"), Executed),
        (capture(), one(status="TRANSACTION_STATUS_CHARGED", transactionId="x", paymentId="tx-1"), Executed),
        (capture(), one(status="refunded"), Executed),
        (capture(), one(status="TRANSACTION_STATUS_AUTHED"), NotExecuted),
        (capture(), one(status="charged", paymentId="x"), Executed),
        (capture(), one(status="authorized", transactionId="x"), NotExecuted),
        (capture(), one(status="authorized", transactionId=...), NotExecuted),
        (capture(), one(status="authorized", paymentId="x"), Undetermined),
        (capture(), one(status="authorized", paymentId=...), Undetermined),
        (capture(), one(status="created"), Undetermined),
        (capture(), None, Undetermined),
        (capture(15000), one(status="charged"), Executed),
        (capture(Decimal("15000.00")), one(status="charged"), Executed),
        (capture(14999), one(status="charged"), Undetermined),
        (capture(15000), one(status="charged", amount=...), Undetermined),
        (capture(15000), one(status="authorized"), Undetermined),
        (without(capture(), "amount"), one(status="authorized"), Undetermined),
        (without(capture(), "amount"), one(status="charged"), Undetermined),
        (save("payments.cancel", id="tx-1"), one(status="cancelled"), Executed),
        (save("payments.cancel", id="tx-1"), one(status="authorized"), NotExecuted),
        (save("payments.cancel", id="tx-1"), one(status="charged"), Undetermined),
        (save("direct_payments.continue_three_ds", id="tx-1"), one(status="rejected"), Executed),
        (save("direct_payments.continue_three_ds", id="tx-1"), one(status="3d"), Undetermined),
        (save("direct_payments.continue_three_ds", id="tx-1"), one(status="new"), Undetermined),
        (save("direct_payments.continue_three_ds", id="tx-1"), None, Undetermined),
        (save("payments.refund", id="tx-1", amount=None), one(status="refunded"), Executed),
        (save("payments.refund", id="tx-1", amount=None), one(status="charged"), Undetermined),
        (save("payments.refund", id="tx-1", amount=100), one(status="refunded"), Undetermined),
    ],
)  # fmt: skip
def test_the_state_of_a_transaction_tells_only_what_it_can(
    saved: Any, shown: Any, response: type
) -> None:
    assert isinstance(ask(saved, api(single=shown)), response)


def test_a_call_that_was_saved_just_now_is_not_absent() -> None:
    saved, now = (
        save("payments.cancel", id="tx-1", sent_at=None),
        datetime.now(UTC).timestamp(),
    )
    assert isinstance(
        ask(saved, api(single=one(status="authorized")), now=now), Undetermined
    )


def refund(reference: str | None = "REF-1") -> dict[str, Any]:
    return save("payments.refund", id="tx-1", amount=100, order_reference=reference)


def test_a_refund_is_found_by_a_reference_of_its_own_and_never_absent() -> None:
    listed = [row(), row("REF-1", amount=100)]
    assert isinstance(ask(refund(), api(listed, one())), Executed)
    assert isinstance(ask(refund(), api([row()], one())), Undetermined)


@pytest.mark.parametrize(
    "shown", [None, one(merchantReference=...), one(merchantReference="REF-1")]
)
def test_a_refund_is_not_found_by_a_reference_that_may_be_the_payment_s(
    shown: Any,
) -> None:
    responses, requests = ask_all([refund()], api([row("REF-1", amount=100)], shown))
    assert isinstance(responses[0], Undetermined)
    assert len(requests) == 1


def test_a_gate_order_is_found_or_absent_by_its_idempotency_key() -> None:
    saved = save("gate.orders.create", idempotency_key="k-1")
    found = ask(
        saved,
        api(
            [
                {
                    "id": "o-1",
                    "idempotency_key": "k-1",
                    "created_at": "2020-01-01T00:00:00Z",
                }
            ]
        ),
    )
    assert isinstance(found, Executed)
    assert isinstance(found.transaction, Order)
    other = {"id": "o-1", "idempotency_key": "k-2", "created_at": iso(-86_400)}
    assert ask(saved, api([other])) == NotExecuted(
        by="gate.orders.list", evidence="documented"
    )
    assert isinstance(ask(saved, api([{"id": "o-1"}])), Undetermined)


def test_a_settlement_order_is_found_by_its_request_id_and_never_absent() -> None:
    saved = save("settlement_orders.create", idempotency_key="r-1")
    orders = [{"id": f"s-{n}", "requestId": f"r-{n}"} for n in range(120)]
    assert isinstance(ask(saved, api(orders)), Executed)
    response = ask(saved, api(orders[2:]))
    assert isinstance(response, Undetermined)
    assert "states no total" in response.reason
    assert "same `request_id`" in response.check


@pytest.mark.parametrize(
    "call", [call for call, recipe in RECIPES.items() if recipe.none]
)
def test_what_cannot_be_looked_up_says_why_and_what_to_check(call: Any) -> None:
    responses, requests = ask_all([save(call)], api())
    assert isinstance(responses[0], Undetermined)
    assert responses[0].reason == RECIPES[call].none
    assert responses[0].check
    assert requests == []


def test_every_operation_that_moves_money_has_a_recipe_and_no_other() -> None:
    assert set(RECIPES) == {
        operation.call for operation in OPERATIONS if operation.moves_money
    }
    assert all(
        recipe.check and bool(recipe.none) != bool(recipe.ones or recipe.listing)
        for recipe in RECIPES.values()
    )


def test_many_calls_share_one_walk_and_keep_their_order() -> None:
    calls = [payment(order_reference=f"ORD-{n}") for n in range(5)]
    calls.insert(2, capture())
    shown = api([OLD, *(row(f"ORD-{n}", transactionId=f"t{n}") for n in (0, 2, 4))])
    responses, requests = ask_all(calls, shown)
    assert [type(response) for response in responses] == [
        Executed,
        NotExecuted,
        Undetermined,
        Executed,
        NotExecuted,
        Executed,
    ]
    # The second reading is the proof for those that the first one did not show.
    assert (
        sum(request.operation.call == "transactions.list" for request in requests) == 2
    )
    assert ask_all([], shown) == ([], [])


# -- not found is never a guess -----------------------------------------------------------------------------


def test_whatever_says_absent_is_documented_or_observed_in_the_description() -> None:
    document = json.loads(DESCRIPTION.read_text("utf-8"))
    schemas = document["components"]["schemas"]
    operations = {
        f"{node['x-resource']}.{node['x-method']}": node
        for item in document["paths"].values()
        for method, node in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    }
    claims: set[tuple[str, str]] = set()
    for call, recipe in RECIPES.items():
        for look in (*recipe.ones, *([recipe.listing] if recipe.listing else [])):
            if not (look.absence if isinstance(look, Listing) else look.absent):
                continue
            claims.add((call, look.call))
            node = operations[look.call]
            mark = next(
                mark
                for mark in operations[call]["x-reconcile"]["look-ups"]
                if operations[look.call]["operationId"] == mark["operation"]
            )
            schema = node["responses"]["200"]["content"]["application/json"]["schema"][
                "$ref"
            ].split("/")[-1]
            words = [*node["x-evidence"].values()]
            if isinstance(look, Listing):
                words.append(node["x-pagination"]["x-evidence"])
                items = schemas[schema]["properties"][node["x-pagination"]["items"]]
                words.append(items.get("x-evidence", schemas[schema]["x-evidence"]))
                schema = items["items"]["$ref"].split("/")[-1]
            fields = mark["fields"] if isinstance(look, Listing) else mark["fields"][:1]
            for name in (*fields, *(["status"] if mark.get("absent") else [])):
                field = schemas[schema]["properties"][name]
                words.append(field.get("x-evidence", schemas[schema]["x-evidence"]))
                if "$ref" in field:
                    words.append(schemas[field["$ref"].split("/")[-1]]["x-evidence"])
            assert set(words) <= {"documented", "observed"}, (call, look.call, words)
            assert look.evidence in words
    assert claims == {
        ("direct_payments.create", "transactions.list"),
        ("payments.capture", "transactions.retrieve"),
        ("payments.cancel", "transactions.retrieve"),
        ("gate.orders.create", "gate.orders.list"),
    }


@pytest.mark.parametrize(
    "evidence", ["documented", "documented-2023", "observed", "inferred"]
)
@pytest.mark.parametrize("call", ["direct_payments.create", "payments.cancel"])
def test_a_weak_look_up_says_nothing_even_if_its_table_did(
    monkeypatch: pytest.MonkeyPatch, call: Any, evidence: str
) -> None:
    from dataclasses import replace

    recipe = RECIPES[call]
    weaker = replace(
        recipe,
        ones=tuple(replace(look, evidence=evidence) for look in recipe.ones),
        listing=recipe.listing and replace(recipe.listing, evidence=evidence),
    )
    monkeypatch.setitem(RECIPES, call, weaker)
    saved = payment() if call == "direct_payments.create" else save(call, id="tx-1")
    shown = None if call == "direct_payments.create" else one(status="authorized")
    assert isinstance(ask(saved, api([], shown)), NotExecuted) is (
        evidence in ("documented", "observed")
    )


class Shop:
    """A list that lives: rows come, move and change while it is read, and its responses may have faults."""

    def __init__(
        self,
        rows: list[dict[str, Any]],
        size: int,
        events: list[Any],
        faults: dict[int, str],
    ) -> None:
        self.rows, self.size, self.events, self.faults = (
            list(rows),
            size,
            list(events),
            faults,
        )
        self.made = itertools.count()

    def __call__(self, request: Request[Any]) -> Any:
        if request.path_params:
            return error(NotFoundError, status=404)
        number = int(str(request.query["page"]))
        size = min(self.size, int(str(request.query["size"])))
        shown = self.rows[(number - 1) * size : number * size]
        page: dict[str, Any] = {
            "data": shown,
            "page": number,
            "size": size,
            "total": len(self.rows),
        }
        match self.faults.get(number):
            case "short":
                page["data"] = shown[:-1]
            case "total":
                page["total"] += 1
            case "rows":
                page["data"] = None
            case "page":
                page["data"] = self.rows[:size]
            case "no total":
                del page["total"]
            case _:
                pass
        for event, where, to in self.events.pop(0) if self.events else ():
            if event == "insert":
                self.rows.insert(
                    where % (len(self.rows) + 1), row(f"NEW-{next(self.made)}")
                )
            elif self.rows:
                self.rows.insert(
                    to % len(self.rows), self.rows.pop(where % len(self.rows))
                )
        return page


PLACES = st.integers(0, 30)
EVENTS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["insert", "move"]), PLACES, PLACES), max_size=3
    ),
    max_size=8,
)
FAULTS = st.dictionaries(
    st.integers(1, 6),
    st.sampled_from(["short", "total", "rows", "page", "no total"]),
    max_size=2,
)
ODD = st.sampled_from(["ORD-1", " ord-1", ..., None, "", 5])


@settings(max_examples=400)
@given(
    st.integers(0, 16),
    st.dictionaries(PLACES, ODD, max_size=2),
    st.integers(1, 5),
    EVENTS,
    FAULTS,
)
def test_not_found_implies_that_no_row_could_be_ours_and_that_every_row_was_seen(
    count: int, odd: dict[int, Any], size: int, events: Any, faults: dict[int, str]
) -> None:
    references = {n: odd.get(n, f"ORD-9{n}") for n in range(count)}
    rows = [
        row(reference, transactionId=f"t{n}", createdAt=iso(-86_400))
        for n, reference in references.items()
    ]
    seen: set[str] = set()
    shop = Shop(rows, size, events, faults)

    def watched(request: Request[Any]) -> Any:
        page = shop(request)
        if not isinstance(page, Exception):
            seen.update(shown["transactionId"] for shown in page["data"] or [])
        return page

    response = ask(payment(), watched)
    if isinstance(response, NotExecuted):
        assert all(references[n] == f"ORD-9{n}" for n in references), (
            "a row could be ours"
        )
        assert {f"t{n}" for n in references} <= seen, "a row was not seen"
    if isinstance(response, Executed):
        assert list(references.values()).count("ORD-1") >= 1


@given(st.integers(0, 120), st.integers(1, 60))
def test_an_honest_list_without_the_payment_is_proof(count: int, size: int) -> None:
    rows = [
        row(f"ORD-9{n}", transactionId=f"t{n}", createdAt=iso(-86_400))
        for n in range(count)
    ]
    assert isinstance(ask(payment(), Shop(rows, size, [], {})), NotExecuted)


# -- saving -------------------------------------------------------------------------------------------------


def test_a_saved_call_is_plain_data_that_json_carries() -> None:
    saved = payment()
    fingerprint = saved.pop("key_fingerprints")
    assert saved == {
        "operation": "direct_payments.create",
        "order_reference": "ORD-1",
        "amount": "15000",
        "sent_at": "2027-01-15T07:53:00Z",
        "ended_by": "2027-01-15T07:57:00Z",
        "origin": "http://127.0.0.1:9",
        "environment": "test",
    }
    assert json.loads(json.dumps(saved)) == saved
    assert len(fingerprint) == 16
    assert int(fingerprint, 16)
    assert save("gate.orders.create", idempotency_key="k")["agent_id"] == "agent-1"
    assert (
        save("payments.capture", id="tx", amount=Money("15.50", "KZT"))["amount"]
        == "15.50"
    )
    assert save("payments.capture", id="tx", amount=None)["amount"] is None


def test_a_call_is_saved_with_the_time_of_the_client_s_clock() -> None:
    client = PlexyPay(KEY)
    before = datetime.now(UTC)
    sent = datetime.fromisoformat(
        str(client.save_call("payments.cancel", id="tx")["sent_at"])
    )
    assert before <= sent <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("call", "facts", "problem"),
    [
        ("transactions.list", {}, "not an operation that moves money"),
        (
            "payment_links.create",
            {"order_reference": "A"},
            "not an operation that moves money",
        ),
        ("direct_payments.create", {}, "needs order_reference"),
        ("direct_payments.create", {"order_reference": None}, "needs order_reference"),
        ("direct_payments.create", {"order_reference": ""}, "needs order_reference"),
        (
            "direct_payments.create",
            {"order_reference": "A", "id": "tx"},
            "cannot be looked up by id",
        ),
        (
            "direct_payments.create",
            {"order_reference": "A", "amount": 1.5},
            "given as float",
        ),
        ("payments.capture", {"id": "tx"}, "needs amount"),
        ("payments.refund", {"id": "tx", "order_reference": "R"}, "needs amount"),
        (
            "settlement_orders.create",
            {"order_reference": "A"},
            "cannot be looked up by order_reference",
        ),
    ],
)
def test_a_call_that_could_not_be_looked_up_is_not_saved(
    call: Any, facts: Any, problem: str
) -> None:
    with pytest.raises(InvalidParameterError, match=problem):
        save(call, **facts)


def test_a_time_without_a_zone_is_not_guessed() -> None:
    with pytest.raises(InvalidParameterError, match="without a time zone"):
        save("payments.cancel", id="tx", sent_at=datetime(2027, 1, 1))


def test_an_amount_in_extra_body_is_no_capture_of_the_whole(flavor: Flavor) -> None:
    with WireServer(Then(reset=True)) as server:
        client = client_of(flavor, server, Recording())
        with pytest.raises(OutcomeUnknownError) as caught:
            run(
                flavor,
                client.payments.capture(
                    "tx-1", options={"extra_body": {"amount": 12.5}}
                ),
            )
    assert caught.value.saved_call["amount"] == "12.5"
    assert isinstance(
        ask(
            caught.value.saved_call,
            api(single=one(status="authorized")),
            now=2e9,
            client=client,
        ),
        Undetermined,
    )


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"operation": "transactions.list"},
        {"operation": ["payments.cancel"], "id": "tx"},
        without(capture(), "id"),
        {**capture(), "id": 5},
        {**capture(), "sent_at": "yesterday"},
        {**capture(), "sent_at": "2026-01-01T00:00:00"},
        {**capture(), "ended_by": "2026-01-01T00:00:00"},
        {**capture(), "amount": "much"},
        *(
            without(capture(), name)
            for name in ("origin", "environment", "key_fingerprints")
        ),
        without(save("gate.orders.create", idempotency_key="k"), "agent_id"),
        "payments.capture",
    ],
)
def test_what_is_no_saved_call_is_refused(saved: Any) -> None:
    with pytest.raises(InvalidParameterError, match="Nothing was sent"):
        ask(saved, api())


def test_a_call_that_carried_no_reference_is_undetermined() -> None:
    responses, requests = ask_all([{**payment(), "order_reference": None}], api([]))
    assert isinstance(responses[0], Undetermined)
    assert requests == []


# -- clients and errors, over sockets -----------------------------------------------------------------------


def client_of(
    flavor: Flavor, server: WireServer, pace: Recording | None = None, **arguments: Any
) -> Any:
    kind = PlexyPay if flavor.name == "sync" else AsyncPlexyPay
    client = kind(KEY, base_url=server.origin, **arguments)
    if pace is not None:
        set_pace(client, pace)
    flavor._opened.append(client)
    return client


def run(flavor: Flavor, result: Any) -> Any:
    return result if flavor.name == "sync" else flavor.runner.run(result)  # type: ignore[attr-defined]


def pay(flavor: Flavor, client: Any) -> OutcomeUnknownError:
    """The error of a payment whose outcome is unknown."""
    with pytest.raises(OutcomeUnknownError) as caught:
        order = {"order_reference": "ORD-1", "amount": Money("15000", "KZT")}
        run(
            flavor,
            client.direct_payments.create(
                transaction_type="sale", payment_method="card", order_details=order
            ),
        )
    return caught.value


def reconciled(
    flavor: Flavor, error: OutcomeUnknownError, *arguments: Any, **named: Any
) -> Any:
    if flavor.name == "sync":
        return error.reconcile(*arguments, **named)
    return run(flavor, error.reconcile_async(*arguments, **named))


def saved_by(flavor: Flavor, client: Any) -> Any:
    """A payment that this client saved, and that is over."""
    facts: dict[str, Any] = {
        "order_reference": "ORD-1",
        "amount": Money("15000", "KZT"),
        "sent_at": SENT,
    }
    return run(flavor, client.save_call("direct_payments.create", **facts))


def plexy(*rows: Any) -> Callable[[Recorded], bytes | Then]:
    """A server that breaks off each payment, knows no transaction by reference, and lists these rows."""

    def respond(request: Recorded) -> bytes | Then:
        if request.line.startswith("POST"):
            return Then(reset=True)
        if "by-order-reference" in request.target:
            return http(404)
        return json_response(
            {"data": list(rows), "page": 1, "size": 50, "total": len(rows)}
        )

    return respond


def test_an_error_finds_out_what_became_of_its_call(flavor: Flavor) -> None:
    pace = Recording()
    created = datetime.fromtimestamp(pace.wall + 1, UTC).isoformat()
    with WireServer(plexy(row(createdAt=created))) as server, warnings.catch_warnings():
        # The look-up by reference is inferred: that is no news for the user.
        warnings.simplefilter("error")
        error = pay(flavor, client_of(flavor, server, pace))
        found = reconciled(flavor, error)
    assert isinstance(found, Executed)
    assert [request.line.split(" ")[0] for request in server.requests] == [
        "POST",
        "GET",
        "GET",
    ]
    assert error.order_reference == "ORD-1"
    moment = datetime.fromtimestamp(pace.wall, UTC).isoformat().replace("+00:00", "Z")
    assert error.saved_call == {
        "operation": "direct_payments.create",
        "order_reference": "ORD-1",
        "amount": "15000",
        "sent_at": moment,
        "ended_by": moment,
        "origin": server.origin,
        "environment": "live",
        "key_fingerprints": error.saved_call["key_fingerprints"],
    }


def test_what_never_arrived_is_not_found_once_it_is_older_than_every_timeout(
    flavor: Flavor,
) -> None:
    pace = Recording()
    with WireServer(plexy()) as server:
        client = client_of(flavor, server, pace, environment="test")
        error = pay(flavor, client)
        early = reconciled(flavor, error)
        assert isinstance(early, Undetermined)
        assert early.retry_after == SAFE_AGE
        assert early.retry_at == datetime.fromtimestamp(pace.wall + SAFE_AGE, UTC)
        assert isinstance(reconciled(flavor, error, min_age=0.0), NotExecuted)
        pace.wall += SAFE_AGE
        assert isinstance(reconciled(flavor, error), NotExecuted)
        assert isinstance(run(flavor, client.reconcile(error.saved_call)), NotExecuted)
        responses = run(flavor, client.reconcile_all([error.saved_call] * 2))
        assert [type(response) for response in responses] == [NotExecuted, NotExecuted]


@pytest.mark.parametrize("silent", ["by-order-reference", "transactions", "v1"])
def test_a_look_up_that_is_answered_without_content_proves_nothing(
    flavor: Flavor, silent: str
) -> None:
    def respond(request: Recorded) -> bytes | Then:
        is_look_up = request.line.startswith("GET")
        return (
            http(204)
            if is_look_up and silent in request.target
            else plexy(OLD)(request)
        )

    with WireServer(respond) as server:
        client = client_of(flavor, server, Recording())
        found = run(flavor, client.reconcile(saved_by(flavor, client)))
    assert isinstance(found, Undetermined)


def test_a_call_with_a_key_was_sent_when_the_first_of_its_attempts_was_that_may_have_done_it(
    flavor: Flavor,
) -> None:
    pace = Recording()
    responses = iter([http(429), http(500), Then(reset=True)])

    def respond(request: Recorded) -> bytes | Then:
        pace.wall += 1000
        return next(responses)

    with WireServer(respond) as server:
        create = client_of(flavor, server, pace).settlement_orders.create
        part: Any = {"beneficiary_id": "b", "amount": 100, "currency": "KZT"}
        with pytest.raises(OutcomeUnknownError) as caught:
            run(flavor, create(request_id="r-1", **part))
    saved = caught.value.saved_call
    times = [
        datetime.fromisoformat(str(saved[name])) for name in ("sent_at", "ended_by")
    ]
    assert [time.timestamp() for time in times] == [1_800_001_000.0, 1_800_003_000.0]


def test_an_attempt_that_was_rejected_does_not_count_for_the_times_of_a_call(
    flavor: Flavor,
) -> None:
    pace = Recording()
    responses = iter([http(429, b"", {"Retry-After": "30"}), Then(reset=True)])

    def respond(request: Recorded) -> bytes | Then:
        pace.wall += 10
        return next(responses)

    with WireServer(respond) as server:
        error = pay(flavor, client_of(flavor, server, pace))
    times = [
        datetime.fromisoformat(str(error.saved_call[name]))
        for name in ("sent_at", "ended_by")
    ]
    assert [time.timestamp() for time in times] == [1_800_000_010.0, 1_800_000_020.0]


@pytest.mark.parametrize("status", [401, 403, 500, 520, 301])
def test_a_look_up_that_fails_is_a_reason_and_no_exception(
    flavor: Flavor, status: int
) -> None:
    with WireServer(http(status)) as server:
        client = client_of(flavor, server, Recording(), max_retries=0)
        response = run(flavor, client.reconcile(saved_by(flavor, client)))
    assert isinstance(response, Undetermined)
    assert "transactions.list" in response.reason


def test_look_ups_are_retried_as_the_client_s_own_reading_calls_are(
    flavor: Flavor,
) -> None:
    empty = json_response({"data": [], "total": 0})
    responses = iter([http(500), http(404), http(503), empty, empty])
    with WireServer(lambda request: next(responses)) as server:
        client = client_of(flavor, server, Recording())
        response = run(flavor, client.reconcile(saved_by(flavor, client)))
    assert isinstance(response, NotExecuted)
    assert len(server.requests) == 5


def test_an_unpickled_error_takes_a_client_and_the_old_one_stays_behind(
    flavor: Flavor,
) -> None:
    pace = Recording()
    with WireServer(plexy()) as server:
        client = client_of(flavor, server, pace)
        error = pay(flavor, client)
        pace.wall += SAFE_AGE
        for other in (
            pickle.loads(pickle.dumps(error)),
            copy.copy(error),
            copy.deepcopy(error),
        ):
            assert other.client is None
            assert other.saved_call == error.saved_call
            with pytest.raises(ConfigurationError, match="Pass one"):
                reconciled(flavor, other)
            assert isinstance(reconciled(flavor, other, client), NotExecuted)
    assert error.client is client
    assert "client" not in repr(error)
    assert "client" not in vars(error)
    assert KEY not in repr(error)
    assert "15000" not in repr(error)


def test_a_client_of_the_other_kind_is_refused_with_what_to_call(
    flavor: Flavor,
) -> None:
    with WireServer(plexy()) as server:
        error = pay(flavor, client_of(flavor, server, Recording()))
    if flavor.name == "sync":
        with pytest.raises(
            ConfigurationError, match=r"is a PlexyPay\. .*error\.reconcile\(\)"
        ):
            import asyncio

            asyncio.run(error.reconcile_async())
    else:
        with pytest.raises(
            ConfigurationError,
            match=r"is a AsyncPlexyPay\. .*await error\.reconcile_async\(\)",
        ):
            error.reconcile()


def test_wrong_use_is_an_exception(flavor: Flavor) -> None:
    with WireServer(plexy()) as server:
        client = client_of(flavor, server, Recording())
        for wrong in (
            {"operation": "things.pay"},
            {"operation": "direct_payments.create"},
        ):
            with pytest.raises(InvalidParameterError):
                run(flavor, client.reconcile(wrong))
        for age in (-1.0, float("nan"), float("inf")):
            with pytest.raises(InvalidParameterError, match="min_age"):
                run(flavor, client.reconcile(saved_by(flavor, client), min_age=age))
        gate = save("gate.orders.create", idempotency_key="k")
        with pytest.raises(ConfigurationError, match="agent_id"):
            run(flavor, client.reconcile(gate))
        with pytest.raises(ConfigurationError, match="gate_api_key"):
            run(flavor, client.save_call("gate.orders.create", idempotency_key="k"))
        assert server.requests == []


def test_the_responses_are_values_that_pickle_and_do_not_change() -> None:
    responses = [
        Executed(
            transaction=Transaction(transaction_id="tx"),
            by="transactions.list",
            evidence="observed",
        ),
        NotExecuted(by="transactions.list", evidence="observed"),
        Undetermined(reason="who knows", check="look", retry_after=1.0),
    ]
    for response, name in zip(responses, ("transaction", "by", "reason"), strict=True):
        assert pickle.loads(pickle.dumps(response)) == response
        with pytest.raises(AttributeError):
            setattr(response, name, "other")
    assert "who knows" in repr(responses[2])


def test_no_recipe_asks_for_what_it_cannot_save() -> None:
    for recipe in RECIPES.values():
        for look in (*recipe.ones, *([recipe.listing] if recipe.listing else [])):
            assert look.by in recipe.facts
            assert (
                isinstance(look, One)
                or recipe.ones == ()
                or look.call == "transactions.list"
            )


def changed(refusal: bytes, status: str) -> Callable[[Recorded], bytes]:
    """A server that ends each change of a payment so, and shows the payment in this state."""

    def respond(request: Recorded) -> bytes:
        if request.line.startswith("POST"):
            return refusal
        return json_response(one(status=status))

    return respond


@pytest.mark.parametrize(
    ("call", "status"),
    [("refund", "refunded"), ("capture", "charged"), ("cancel", "cancelled")],
)
@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        # The API itself refused: an earlier call may have changed the payment.
        (json_response({"message": "already refunded"}, 500), Undetermined),
        (json_response({"message": "already processed"}, 409), Undetermined),
        # A gateway's response says nothing about the payment.
        (http(502), Executed),
    ],
)
def test_a_change_that_the_api_refused_is_not_taken_for_this_call_s(
    flavor: Flavor, call: str, status: str, refusal: bytes, kind: type
) -> None:
    with WireServer(changed(refusal, status)) as server:
        client = client_of(flavor, server, Recording())
        with pytest.raises(OutcomeUnknownError) as caught:
            run(flavor, getattr(client.payments, call)("tx-1"))
        found = reconciled(flavor, caught.value)
        saved = json.loads(json.dumps(caught.value.saved_call))
        again = run(flavor, client.reconcile(saved))
    assert isinstance(found, kind)
    assert type(again) is type(found)
    if isinstance(found, Undetermined):
        assert "an earlier call may have done it" in found.reason


def test_the_reason_does_not_say_what_a_look_up_means_for_the_money(
    flavor: Flavor,
) -> None:
    with WireServer(lambda _: http(404)) as server:
        client = client_of(flavor, server, Recording())
        saved = run(flavor, client.save_call("payments.cancel", id="tx-1"))
        found = run(flavor, client.reconcile(saved))
    assert "status 404" in found.reason
    assert "not carried out" not in found.reason


def test_a_reason_ends_with_one_full_stop() -> None:
    found = ask(save("recurring_payments.create"), api(), now=2e9)
    assert isinstance(found, Undetermined)
    assert found.reason.endswith(".")
    assert not found.reason.endswith("..")


def test_an_operation_without_a_look_up_takes_no_facts() -> None:
    with pytest.raises(InvalidParameterError, match="leave all facts out"):
        save("payouts.create", order_reference="ORD-1")


def test_an_error_advises_no_look_up_that_does_not_exist(flavor: Flavor) -> None:
    with WireServer(Then(reset=True)) as server:
        client = client_of(
            flavor, server, checkout_api_key=KEY, checkout_base_url=server.origin
        )
        with pytest.raises(OutcomeUnknownError) as caught:
            run(
                flavor,
                client.checkout.payments.create(
                    amount=Money("1", "KZT"),
                    reference="C-3",
                    payment_method={"type": "scheme"},
                ),
            )
    text = str(caught.value)
    assert "no look-up can find it" in text
    assert text.endswith(RECIPES["checkout.payments.create"].check)
