"""What an adversary, a slow API or a moving list may do, over sockets: nothing of it makes a paid call "not found"."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

import pytest
from helpers.calls import KEY, OTHER_KEY, Flavor, Recording, set_pace
from helpers.wire import Recorded, Then, WireServer, http, json_response
from plexy_pay import (
    AsyncPlexyPay,
    ConfigurationError,
    Executed,
    InvalidParameterError,
    Money,
    NotExecuted,
    OutcomeUnknownError,
    PlexyPay,
    Timeout,
    Timeouts,
    Undetermined,
)

LONG_AGO = -86_400.0
REFERENCE = "ORD-2027-Ünal & Söhne-000123"


def run(flavor: Flavor, result: Any) -> Any:
    return result if flavor.name == "sync" else flavor.runner.run(result)  # type: ignore[attr-defined]


class Api:
    """An API that breaks off each call that moves money, and shows these rows and this one transaction.

    Args:
        pace: The clock of the client: each call takes `patience` seconds of it.
        patience: After how many seconds the client gives a call up.
    """

    def __init__(self, pace: Recording, patience: float = 0.0) -> None:
        self.pace = pace
        self.patience = patience
        self.sent = pace.wall
        self.rows: list[dict[str, Any]] = []
        self.single: dict[str, Any] | None = None
        self.between: list[Callable[[], None]] = []

    def row(self, reference: str, made: float = 1.0, **changes: Any) -> dict[str, Any]:
        """A row that was made so many seconds after the call was sent."""
        fields: dict[str, Any] = {
            "transactionId": f"tx-{reference}-{made}",
            "amount": 15000,
        }
        fields["status"] = "charged"
        fields["orderReference"] = reference
        fields["createdAt"] = datetime.fromtimestamp(self.sent + made, UTC).isoformat()
        fields.update(changes)
        return fields

    def __call__(self, request: Recorded) -> bytes | Then:
        path, _, query = request.target.partition("?")
        if request.line.startswith("POST"):
            self.sent = self.pace.wall
            self.pace.wall += self.patience
            return Then(reset=True)
        if "by-order-reference" in path:
            return http(404)
        if path != "/v1/transactions":
            return http(404) if self.single is None else json_response(self.single)
        number = int(query.partition("page=")[2].partition("&")[0])
        shown = self.rows[(number - 1) * 50 : number * 50]
        response = json_response(
            {"data": shown, "page": number, "size": 50, "total": len(self.rows)}
        )
        if self.between:
            self.between.pop(0)()
        return response


class Shop:
    """One client and its server."""

    def __init__(self, flavor: Flavor, server: WireServer, api: Api) -> None:
        self.flavor = flavor
        self.server = server
        self.api = api

    def client(self, key: Any = KEY, **arguments: Any) -> Any:
        kind = PlexyPay if self.flavor.name == "sync" else AsyncPlexyPay
        client = kind(key, **{"base_url": self.server.origin, **arguments})
        set_pace(client, self.api.pace)
        self.flavor._opened.append(client)
        return client

    def pay(self, client: Any, reference: str = REFERENCE) -> OutcomeUnknownError:
        """The error of a payment whose outcome is unknown."""
        order = {"order_reference": reference, "amount": Money("15000", "KZT")}
        kind = {
            "transaction_type": "sale",
            "payment_method": "card",
            "order_details": order,
        }
        with pytest.raises(OutcomeUnknownError) as caught:
            run(self.flavor, client.direct_payments.create(**kind))
        return caught.value

    def capture(self, client: Any) -> OutcomeUnknownError:
        """The error of a capture whose outcome is unknown."""
        with pytest.raises(OutcomeUnknownError) as caught:
            run(self.flavor, client.payments.capture("tx-1"))
        return caught.value

    def ask(
        self, error: OutcomeUnknownError, client: Any = None, **options: Any
    ) -> Any:
        """What became of the call."""
        if self.flavor.name == "sync":
            return error.reconcile(client, **options)
        return run(self.flavor, error.reconcile_async(client, **options))

    def gets(self) -> list[str]:
        """The look-ups that arrived."""
        return [
            one.target for one in self.server.requests if one.line.startswith("GET")
        ]


@pytest.fixture
def api() -> Api:
    return Api(Recording())


@pytest.fixture
def shop(flavor: Flavor, api: Api) -> Any:
    with WireServer(api) as server:
        yield Shop(flavor, server, api)


def held() -> dict[str, Any]:
    return {"transactionId": "tx-1", "status": "authorized", "amount": 15000}


# -- calls that still run ------------------------------------------------------------------------------------


def test_a_payment_that_the_api_carries_out_after_the_client_gave_up_is_found_not_denied(
    shop: Shop, api: Api
) -> None:
    api.patience = 80.0
    error = shop.pay(shop.client())
    at_once = shop.ask(error)
    assert isinstance(at_once, Undetermined)
    api.pace.wall += 7
    assert isinstance(shop.ask(error), Undetermined)
    api.pace.wall += 1
    api.rows = [api.row(REFERENCE, 88)]
    assert isinstance(shop.ask(error), Executed)


def test_a_capture_that_the_api_carries_out_after_the_client_gave_up_is_found_not_denied(
    shop: Shop, api: Api
) -> None:
    api.patience, api.single = 80.0, held()
    error = shop.capture(shop.client())
    assert isinstance(shop.ask(error), Undetermined)
    api.pace.wall += 7
    assert isinstance(shop.ask(error), Undetermined)
    api.single["status"] = "charged"
    assert isinstance(shop.ask(error), Executed)


@pytest.mark.parametrize(
    ("timeout", "age"),
    [
        (None, 180.0),
        (10.0, 180.0),  # An impatient client does not make the API any faster.
        (300.0, 360.0),
        (Timeout(total=600.0), 660.0),
        (Timeouts(reads=Timeout(total=900.0)), 960.0),
    ],
)
def test_the_age_exceeds_every_timeout_of_the_client(
    shop: Shop, api: Api, timeout: Any, age: float
) -> None:
    api.patience = 80.0
    error = shop.pay(shop.client(timeout=timeout))
    api.pace.wall += age - 1
    early = shop.ask(error)
    assert isinstance(early, Undetermined)
    assert early.retry_after == 1.0
    assert early.retry_at == datetime.fromtimestamp(api.pace.wall + 1, UTC)
    api.pace.wall += 1
    assert isinstance(shop.ask(error), NotExecuted)


def save(
    shop: Shop, client: Any, operation: Any = "direct_payments.create", **facts: Any
) -> Any:
    """The data of a call, saved before it."""
    if operation == "direct_payments.create":
        facts = {"order_reference": REFERENCE, "amount": Money("15000", "KZT"), **facts}
    return run(shop.flavor, client.save_call(operation, **facts))


@pytest.mark.parametrize(
    ("client_timeout", "call_timeout", "longest"),
    [
        # 120 seconds in all, and 5 + 30 + 80 + 5 of the phases of the last attempt.
        (
            None,
            None,
            240.0,
        ),
        (Timeout(1, 2, 3, 4, 500), None, 510.0),
        (None, Timeout(1, 2, 3, 4, 500), 510.0),
        (None, 200.0, 1000.0),
    ],
)
def test_a_call_saved_before_it_was_sent_may_run_as_long_as_its_timeout_and_retries_allow(
    shop: Shop, api: Api, client_timeout: Any, call_timeout: Any, longest: float
) -> None:
    client = shop.client(timeout=client_timeout)
    options = {} if call_timeout is None else {"options": {"timeout": call_timeout}}
    saved = save(shop, client, **options)
    age = max(180.0, 60.0 + (500.0 if client_timeout else 0.0))
    api.pace.wall += longest + age - 1
    early = run(shop.flavor, client.reconcile(saved))
    assert isinstance(early, Undetermined)
    assert early.retry_after == 1.0
    api.pace.wall += 1
    assert isinstance(run(shop.flavor, client.reconcile(saved)), NotExecuted)


@pytest.mark.parametrize("age", [0.0, 60.0, 179.0])
def test_an_age_that_proves_nothing_is_refused_but_where_no_money_moves(
    shop: Shop, api: Api, age: float
) -> None:
    client = shop.client()
    error = shop.pay(client)
    api.pace.wall += age
    with pytest.raises(
        InvalidParameterError, match=r"less than 180 seconds.*Nothing was sent"
    ):
        shop.ask(error, min_age=age)
    with pytest.raises(InvalidParameterError, match="less than 180 seconds"):
        run(shop.flavor, client.reconcile_all([error.saved_call], min_age=age))
    assert shop.gets() == []
    tested = shop.pay(shop.client(environment="test"))
    api.pace.wall += age
    assert isinstance(shop.ask(tested, min_age=age), NotExecuted)


def test_a_moment_beyond_the_calendar_is_no_moment_but_still_a_wait(
    shop: Shop, api: Api
) -> None:
    client = shop.client()
    saved = {**save(shop, client), "ended_by": "9999-12-31T23:59:59Z"}
    response = run(shop.flavor, client.reconcile(saved))
    assert isinstance(response, Undetermined)
    assert response.retry_after is not None
    assert response.retry_at is None


# -- older attempts ------------------------------------------------------------------------------------------


NO_MONEY = (
    *(
        "rejected",
        "failed",
        "cancelled",
        "refunded",
        "created",
        "3d",
        "new",
        "TRANSACTION_STATUS_REJECTED",
    ),
    # The description has not heard of these.
    *(
        "TRANSACTION_STATUS_DECLINED",
        "expired",
    ),
)


@pytest.mark.parametrize("status", NO_MONEY)
@pytest.mark.parametrize("made", [-299.0, -1.0, 1.0])
def test_a_row_that_took_no_money_tells_nothing_while_the_call_may_run(
    shop: Shop, api: Api, status: str, made: float
) -> None:
    api.rows = [api.row(REFERENCE, made, status=status)]
    response = shop.ask(shop.pay(shop.client()))
    assert isinstance(response, Undetermined)
    assert "older attempt" in response.reason
    assert response.retry_after == 180.0


@pytest.mark.parametrize("status", NO_MONEY)
def test_such_a_row_is_found_once_the_call_would_be_listed_beside_it(
    shop: Shop, api: Api, status: str
) -> None:
    error = shop.pay(shop.client())
    api.rows = [api.row(REFERENCE, -200.0, status=status)]
    api.pace.wall += 180
    found = shop.ask(error)
    assert isinstance(found, Executed)
    assert found.transaction.status == status
    api.rows.append(api.row(REFERENCE, status="charged"))
    response = shop.ask(error)
    assert isinstance(response, Undetermined)
    assert "2 rows" in response.reason


def test_such_a_row_in_a_list_that_moves_tells_nothing(shop: Shop, api: Api) -> None:
    error = shop.pay(shop.client())
    api.rows = [api.row(REFERENCE, -200.0, status="failed")]
    api.between = [lambda: api.rows.append(api.row("NEW"))]
    api.pace.wall += 3600
    assert isinstance(shop.ask(error), Undetermined)


@pytest.mark.parametrize(
    "status", ["charged", "authorized", "TRANSACTION_STATUS_AUTHED"]
)
@pytest.mark.parametrize("made", [-299.0, 1.0])
def test_a_row_that_took_or_holds_money_is_found_at_once(
    shop: Shop, api: Api, status: str, made: float
) -> None:
    # If it was an older attempt, the order is paid all the same: nobody must pay it again.
    error = shop.pay(shop.client())
    api.rows = [api.row(REFERENCE, made, status=status)]
    assert isinstance(shop.ask(error), Executed)


@pytest.mark.parametrize("status", ["failed", "rejected", "cancelled"])
def test_an_end_of_the_transaction_without_money_tells_nothing_while_the_call_may_run(
    shop: Shop, api: Api, status: str
) -> None:
    with pytest.raises(OutcomeUnknownError) as caught:
        call = shop.client().direct_payments.continue_three_ds
        run(shop.flavor, call(cres="e30", transaction_id="tx-1"))
    api.single = {**held(), "status": status}
    early = shop.ask(caught.value)
    assert isinstance(early, Undetermined)
    assert early.retry_after == 180.0
    api.pace.wall += 180
    assert isinstance(shop.ask(caught.value), Executed)


def test_a_failed_refund_is_not_said_to_be_this_one(shop: Shop, api: Api) -> None:
    with pytest.raises(OutcomeUnknownError) as caught:
        refund = shop.client().payments.refund
        run(
            shop.flavor,
            refund("tx-1", amount=Money("100", "KZT"), order_reference="REF-1"),
        )
    api.single = {**held(), "status": "charged", "merchantReference": "ORD-1"}
    api.rows = [api.row("OLD", LONG_AGO), api.row("REF-1", amount=100, status="failed")]
    api.pace.wall += 3600
    assert isinstance(shop.ask(caught.value), Undetermined)
    api.rows[1]["status"] = "refunded"
    assert isinstance(shop.ask(caught.value), Executed)


# -- absence that is none -----------------------------------------------------------------------------------


MANGLED = {
    "decomposed": unicodedata.normalize("NFD", REFERENCE),
    "compatibility form": REFERENCE.replace("1", "１"),
    "other letters": REFERENCE.upper(),
    "spaces": f" {REFERENCE.replace(' ', '  ')}",
    "a zero-width space": f"{REFERENCE}​",
    "escaped for HTML": escape(REFERENCE),
    "escaped twice": escape(escape(REFERENCE)),
    "escaped for a URL": quote(REFERENCE),
    "a form": REFERENCE.replace(" ", "+"),
    "a prefix of the API's": f"PLX-{REFERENCE}",
    "a suffix of the API's": f"{REFERENCE}/1",
    "cut to 20 characters": REFERENCE[:20],
    "cut in an escape": escape(REFERENCE)[:18],
    "cut in its percent encoding": quote(REFERENCE)[:11],
    "a prefix, then cut": f"PLX-{REFERENCE}"[:20],
    "without what is not ASCII": REFERENCE.encode("ascii", "ignore").decode(),
    "with question marks": REFERENCE.encode("ascii", "replace").decode(),
    "another dash": REFERENCE.replace("-", "\N{EN DASH}"),
}


@pytest.mark.parametrize("shown", MANGLED.values(), ids=MANGLED)
def test_a_payment_is_not_absent_because_its_reference_is_shown_otherwise(
    shop: Shop, api: Api, shown: str
) -> None:
    error = shop.pay(shop.client())
    api.rows = [api.row("ANOTHER", LONG_AGO), api.row(shown)]
    api.pace.wall += 3600
    response = shop.ask(error)
    assert isinstance(response, Undetermined)
    assert "may be" in response.reason or "another spelling" in response.reason


def test_a_list_that_lost_a_row_in_front_while_it_was_read_is_read_again(
    shop: Shop, api: Api
) -> None:
    error = shop.pay(shop.client(), "ORD-1")
    api.rows = [api.row(f"A-{number}", LONG_AGO) for number in range(50)]
    api.rows.append(api.row("ORD-1"))
    api.rows += [api.row(f"B-{number}", LONG_AGO) for number in range(10)]

    def lose_one_in_front() -> None:
        del api.rows[0]
        api.rows.append(api.row("NEW", 2000))  # So that the total stays.

    api.between = [lose_one_in_front]
    api.pace.wall += 3600
    assert isinstance(shop.ask(error), Executed)


def test_a_list_that_moves_between_two_readings_proves_nothing(
    shop: Shop, api: Api
) -> None:
    error = shop.pay(shop.client(), "ORD-1")
    api.rows = [api.row("A", LONG_AGO), api.row("B", LONG_AGO)]

    def replace_one() -> None:
        api.rows = [api.row("A", LONG_AGO), api.row("C", LONG_AGO)]

    api.between = [replace_one]
    api.pace.wall += 3600
    response = shop.ask(error)
    assert isinstance(response, Undetermined)
    assert "two readings" in response.reason


@pytest.mark.parametrize("made", [100.0, 1.0, -299.0])
def test_a_list_whose_rows_are_all_younger_than_the_call_proves_nothing(
    shop: Shop, api: Api, made: float
) -> None:
    error = shop.pay(shop.client(), "ORD-1")
    api.rows = [api.row("A", made), api.row("B", 2000)]
    api.pace.wall += 3600
    response = shop.ask(error)
    assert isinstance(response, Undetermined)
    assert "older than the call" in response.reason
    api.rows.append(api.row("C", LONG_AGO))
    assert isinstance(shop.ask(error), NotExecuted)


def test_an_empty_account_is_proof(shop: Shop, api: Api) -> None:
    error = shop.pay(shop.client())
    api.pace.wall += 3600
    assert isinstance(shop.ask(error), NotExecuted)
    lists = [target for target in shop.gets() if "by-order-reference" not in target]
    assert len(lists) == 2, "it is read twice"


def test_look_ups_that_are_known_to_be_needless_are_not_made(
    shop: Shop, api: Api
) -> None:
    error = shop.pay(shop.client())
    shop.ask(error)
    assert len(shop.gets()) == 2, (
        "before the age has passed a second reading proves nothing"
    )
    api.rows = [api.row(REFERENCE)]
    api.pace.wall += 3600
    shop.ask(error)
    assert len(shop.gets()) == 4, "what was found need not be read twice"


def test_the_pages_that_many_calls_cost_are_bounded_by_two_readings(
    shop: Shop, api: Api
) -> None:
    client = shop.client()
    errors = [shop.pay(client, f"ORD-{number}") for number in range(10, 20)]
    api.rows = [api.row(f"A-{number}", LONG_AGO) for number in range(120)]
    api.pace.wall += 3600
    responses = run(
        shop.flavor, client.reconcile_all([error.saved_call for error in errors])
    )
    assert {type(response) for response in responses} == {NotExecuted}
    lists = [target for target in shop.gets() if "by-order-reference" not in target]
    assert len(lists) == 6


# -- other books --------------------------------------------------------------------------------------------


def test_another_merchants_client_does_not_say_that_it_did_not_happen(
    shop: Shop, api: Api
) -> None:
    error = shop.pay(shop.client())
    api.rows = [api.row(REFERENCE)]
    api.pace.wall += 3600
    response = shop.ask(error, shop.client(OTHER_KEY))
    assert isinstance(response, Undetermined)
    assert "another merchant" in response.reason
    assert "key_rotated=True" in response.check
    assert shop.gets() == []


def test_who_knows_that_the_key_was_rotated_says_so(shop: Shop, api: Api) -> None:
    error = shop.pay(shop.client())
    rotated = shop.client(OTHER_KEY)
    api.pace.wall += 3600
    assert isinstance(shop.ask(error, rotated, key_rotated=True), NotExecuted)
    responses = run(
        shop.flavor, rotated.reconcile_all([error.saved_call], key_rotated=True)
    )
    assert isinstance(responses[0], NotExecuted)


@pytest.mark.parametrize(
    ("before", "after", "is_known"),
    [
        ([KEY, OTHER_KEY], [OTHER_KEY], True),
        ([KEY, OTHER_KEY], ["pr_3", KEY], True),
        ([KEY], [OTHER_KEY, KEY], True),
        ([KEY, OTHER_KEY], ["pr_3"], False),
        (lambda: KEY, lambda: [OTHER_KEY, KEY], True),
        (lambda: KEY, lambda: OTHER_KEY, False),
    ],
)
def test_a_client_is_known_by_any_of_the_keys_of_the_call(
    shop: Shop, api: Api, before: Any, after: Any, is_known: bool
) -> None:
    client = shop.client(before)
    calls = [shop.pay(client).saved_call, save(shop, client)]
    api.pace.wall += 3600
    responses = run(shop.flavor, shop.client(after).reconcile_all(calls))
    assert {type(response) for response in responses} == {
        NotExecuted if is_known else Undetermined
    }


def test_the_key_of_one_call_names_its_books(shop: Shop, api: Api) -> None:
    client = shop.client()
    options: Any = {"api_key": OTHER_KEY}
    saved = save(shop, client, options=options)
    with pytest.raises(OutcomeUnknownError) as caught:
        run(shop.flavor, client.payments.capture("tx-1", options=options))
    assert caught.value.saved_call["key_fingerprints"] == saved["key_fingerprints"]
    api.pace.wall += 3600
    for call in (saved, caught.value.saved_call):
        assert isinstance(run(shop.flavor, client.reconcile(call)), Undetermined)
    assert shop.gets() == []
    assert isinstance(
        run(shop.flavor, shop.client(OTHER_KEY).reconcile(saved)), NotExecuted
    )


def test_look_ups_are_made_with_the_keys_that_were_compared(
    shop: Shop, api: Api
) -> None:
    keys = iter([KEY, KEY, *[OTHER_KEY] * 9])
    client = shop.client(lambda: next(keys))
    error = shop.pay(client)
    api.pace.wall += 3600
    assert isinstance(shop.ask(error), NotExecuted)
    assert {one.values("authorization")[0] for one in shop.server.requests} == {KEY}


def test_a_client_of_another_origin_or_environment_refuses(
    shop: Shop, api: Api
) -> None:
    error = shop.pay(shop.client())
    api.pace.wall += 3600
    with WireServer(Api(api.pace)) as other:
        for arguments in ({"base_url": other.origin}, {"environment": "test"}):
            stranger = shop.client(**arguments)
            for rotated in (False, True):
                with pytest.raises(
                    ConfigurationError,
                    match="prove nothing about the call. Nothing was sent",
                ):
                    shop.ask(error, stranger, key_rotated=rotated)
        assert other.requests == []
    assert shop.gets() == []


def test_another_agent_is_another_book(shop: Shop, api: Api) -> None:
    client = shop.client(gate_api_key=KEY, agent_id="agent-1")
    saved = save(shop, client, "gate.orders.create", idempotency_key="k-1")
    api.pace.wall += 3600
    stranger = shop.client(gate_api_key=KEY, agent_id="agent-2")
    with pytest.raises(ConfigurationError, match="agent_id agent-1.*Nothing was sent"):
        run(shop.flavor, stranger.reconcile(saved))
    assert shop.gets() == []


def test_no_key_is_in_what_is_saved_and_equal_keys_are_seen(shop: Shop) -> None:
    client = shop.client([KEY, OTHER_KEY])
    saved, error = save(shop, client), shop.pay(client)
    shown = f"{saved} {error.saved_call}"
    assert KEY not in shown
    assert OTHER_KEY not in shown
    assert saved["key_fingerprints"] == error.saved_call["key_fingerprints"]
    assert len(str(saved["key_fingerprints"]).split()) == 2
    other = save(shop, shop.client(KEY[:-1] + "X"))
    assert not set(str(other["key_fingerprints"]).split()) & set(
        str(saved["key_fingerprints"]).split()
    )


def test_a_call_that_cannot_be_made_so_is_not_saved(shop: Shop) -> None:
    client = shop.client()
    for options in ({"timeout": -1}, {"api_key": "Bearer x"}):
        with pytest.raises(InvalidParameterError, match="Nothing was saved"):
            save(shop, client, options=options)
