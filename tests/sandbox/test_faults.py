"""Each fault over real sockets: what the client raises, what it means, whether the deed was done, and what follows."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any, NamedTuple

import httpx
import pytest
from helpers.pages import ROOT
from plexy_pay import (
    AsyncPlexyPay,
    Executed,
    Money,
    OutcomeUnknownError,
    PlexyError,
    PlexyPay,
    Timeout,
    Undetermined,
    webhooks,
)
from plexy_pay_sandbox import FaultControl, RunningSandbox, create_app
from plexy_pay_sandbox.command import main
from plexy_pay_sandbox.faults.kinds import KINDS, Strikes

from .support import Receiver

PRICE = Money("22000", "KZT")
SHORT = Timeout(read=0.5, total=1)
FOREVER = 600
TOKEN = webhooks.TokenSecret("whk_sandbox")


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with RunningSandbox() as made:
        yield made


@pytest.fixture
def sandbox(running: RunningSandbox) -> RunningSandbox:
    running.reset()
    return running


class Shop:
    """A shop with the sync client."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = sandbox.base_url
        self.client: Any = PlexyPay(
            sandbox.key,
            base_url=sandbox.base_url,
            environment="test",
            max_retries=0,
        )

    def call(self, made: Any) -> Any:
        """Return the result of a call."""
        return made

    def close(self) -> None:
        """Close the client."""
        self.client.close()

    def link(self, reference: str = "ORD-1") -> Any:
        """Return a new link."""
        return self.call(
            self.client.payment_links.create(
                amount=PRICE, order_reference=reference, description="Tea"
            )
        )

    def paid(self) -> str:
        """Return the payment's id of a link that was paid."""
        link = self.link()
        httpx.post(f"{link.url}/pay", trust_env=False).raise_for_status()
        found = self.call(self.client.transactions.retrieve_by_payment_link(link.id))
        return str(found.payment_id)

    def capture(self, payment_id: str, **options: Any) -> Any:
        """Capture a payment."""
        return self.call(self.client.payments.capture(payment_id, options=options))

    def status(self) -> str:
        """Return the status of the only transaction, as the sandbox knows it."""
        rows = httpx.get(
            f"{self.url}/v1/transactions",
            headers={"Authorization": "pr_sandbox"},
            trust_env=False,
        ).json()
        (row,) = rows["data"]
        return str(row["status"])

    def reconcile(self, error: OutcomeUnknownError) -> Any:
        """Look the outcome up."""
        return error.reconcile()


class AsyncShop(Shop):
    """A shop with the async client."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__(sandbox)
        self.client.close()
        self.runner = asyncio.Runner()
        self.client = AsyncPlexyPay(
            sandbox.key,
            base_url=sandbox.base_url,
            environment="test",
            max_retries=0,
        )

    def call(self, made: Any) -> Any:
        return self.runner.run(made) if inspect.iscoroutine(made) else made

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()

    def reconcile(self, error: OutcomeUnknownError) -> Any:
        return self.runner.run(error.reconcile_async())


@pytest.fixture(params=[Shop, AsyncShop], ids=["sync", "async"])
def shop(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Iterator[Shop]:
    made: Shop = request.param(sandbox)
    yield made
    made.close()


class Meets(NamedTuple):
    """What a capture meets in a fault: the cause of the error, its outcome, and whether the deed was done."""

    cause: str
    outcome: str
    done: bool
    seconds: float | None = None


MEETS = {
    "response_lost": Meets("ApiConnectionError", "unknown", True),
    "reset_before": Meets("ApiConnectionError", "unknown", False),
    "reset_after": Meets("ApiConnectionError", "unknown", True),
    "slow": Meets("ApiTimeoutError", "unknown", True, FOREVER),
    "trickle": Meets("ApiTimeoutError", "unknown", True, 10),
    "too_many_requests": Meets("RateLimitError", "rejected", False),
    "server_error": Meets("InternalServerError", "unknown", True),
    "bad_gateway": Meets("BadGatewayError", "unknown", True),
    "truncated_body": Meets("DecodingError", "unknown", True),
    "not_json": Meets("DecodingError", "unknown", True),
}


def test_each_fault_of_requests_is_tested_here() -> None:
    assert set(MEETS) == {
        name for name, kind in KINDS.items() if kind.strikes is Strikes.REQUEST
    }


def test_the_readme_says_of_each_fault_what_the_command_says() -> None:
    readme = (ROOT / "sandbox/README.md").read_text("utf-8")
    for kind in KINDS.values():
        assert f"| `{kind.shown_name}` | {kind.strikes} | {kind.happens}" in readme


@pytest.mark.parametrize("fault", MEETS)
def test_a_capture_meets_each_fault(
    sandbox: RunningSandbox, shop: Shop, fault: str
) -> None:
    expected = MEETS[fault]
    payment_id = shop.paid()
    sandbox.faults.next("payments.capture", fault, seconds=expected.seconds)

    options = {} if expected.seconds is None else {"timeout": SHORT}
    with pytest.raises(PlexyError) as raised:
        shop.capture(payment_id, **options)

    error = raised.value
    unknown = isinstance(error, OutcomeUnknownError)
    cause = error.cause if isinstance(error, OutcomeUnknownError) else error
    assert type(cause).__name__ == expected.cause
    assert error.outcome == expected.outcome
    assert unknown == (expected.outcome == "unknown")
    status = "CHARGED" if expected.done else "AUTHED"
    assert shop.status() == f"TRANSACTION_STATUS_{status}"
    (listed,) = sandbox.faults.list()
    assert (listed.fault, listed.struck) == (fault, 1)

    # The connection that is kept, if it is, carries nothing that was left over.
    assert shop.link("ORD-2").order_reference == "ORD-2"
    if fault == "server_error":
        # An earlier call may have captured it, if the API itself refuses this one.
        assert isinstance(error, OutcomeUnknownError)
        assert isinstance(shop.reconcile(error), Undetermined)
    elif expected.done and isinstance(error, OutcomeUnknownError):
        assert isinstance(shop.reconcile(error), Executed)
    else:
        assert shop.capture(payment_id).success


@pytest.mark.parametrize("fault", ["response_lost", "reset_after", "truncated_body"])
def test_a_look_up_that_meets_a_fault_is_sent_again(
    sandbox: RunningSandbox, fault: str
) -> None:
    with PlexyPay(sandbox.key, base_url=sandbox.base_url) as client:
        sandbox.faults.next("payment_links.list", fault)
        assert list(client.payment_links.list()) == []
    assert sandbox.faults.list()[0].struck == 1


def test_a_response_that_trickles_in_time_is_whole(
    sandbox: RunningSandbox, shop: Shop
) -> None:
    sandbox.faults.next("payment_links.create", "trickle", seconds=0.2)
    assert shop.link().order_reference == "ORD-1"
    sandbox.faults.next("payment_links.create", "slow", seconds=0)
    assert shop.link("ORD-2").order_reference == "ORD-2"


@pytest.mark.parametrize(
    "fault",
    ["too_many_requests", "server_error", "bad_gateway", "not_json", "slow", "trickle"],
)
def test_a_connection_that_is_kept_carries_no_surplus_bytes(
    sandbox: RunningSandbox, fault: str
) -> None:
    kind = KINDS[fault]
    sandbox.faults.next("*", fault, seconds=None if kind.seconds is None else 0)
    address = httpx.URL(sandbox.base_url)
    connection = HTTPConnection(address.host, address.port)
    headers = {"Authorization": sandbox.key}
    try:
        connection.request("GET", "/v1/payment-links", headers=headers)
        connection.getresponse().read()
        kept = connection.sock
        connection.request("GET", "/v1/transactions", headers=headers)
        response = connection.getresponse()
        assert response.status == 200
        assert json.loads(response.read())["data"] == []
        assert connection.sock is kept
    finally:
        connection.close()


def test_a_client_waits_as_long_as_the_429_says(sandbox: RunningSandbox) -> None:
    sandbox.faults.next("*", "too-many-requests", seconds=7)
    response = httpx.get(f"{sandbox.base_url}/v1/transactions", trust_env=False)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.headers["X-Request-Id"]
    for path in ("/v2/sessions/1", f"/agent/{sandbox.agent_id}/orders"):
        sandbox.faults.next("*", "server_error")
        response = httpx.get(f"{sandbox.base_url}{path}", trust_env=False)
        assert response.status_code == 500
        assert "went wrong" in response.text


@pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")
def test_a_deletion_without_a_body_can_meet_every_fault(
    sandbox: RunningSandbox, shop: Shop
) -> None:
    for fault in MEETS:
        link = shop.link(fault)
        seconds = 0 if KINDS[fault].seconds else None
        sandbox.faults.next("payment_links.cancel", fault, seconds=seconds)
        try:
            shop.call(shop.client.payment_links.cancel(link.id))
        except PlexyError as error:
            assert not isinstance(error, OutcomeUnknownError)
        shown = shop.call(shop.client.payment_links.retrieve(link.id))
        done = shown.status != "active"
        assert done == MEETS[fault].done, fault


def struck(
    sandbox: RunningSandbox, target: str, http: httpx.Client, count: int = 40
) -> list[int]:
    sandbox.faults.clear()
    sandbox.faults.set(target, "server_error", probability=0.3, seed=7)
    url = f"{sandbox.base_url}/v1/payment-links"
    return [http.get(url).status_code for _ in range(count)]


def test_a_probability_repeats_with_its_seed(sandbox: RunningSandbox) -> None:
    with httpx.Client(trust_env=False, headers={"Authorization": sandbox.key}) as http:
        first = struck(sandbox, "payment_links.*", http)
        again = struck(sandbox, "payment_links.*", http)
        assert first == again
        assert set(first) == {200, 500}
        (listed,) = sandbox.faults.list()
        assert listed.struck == first.count(500)
        assert (listed.probability, listed.seed, listed.times) == (0.3, 7, None)


def test_faults_strike_in_the_order_in_which_they_were_set(
    sandbox: RunningSandbox,
) -> None:
    sandbox.faults.set("*", "bad-gateway", times=2)
    sandbox.faults.next("payment_links.*", "server_error")
    url = f"{sandbox.base_url}/v1/payment-links"
    headers = {"Authorization": sandbox.key}
    with httpx.Client(trust_env=False, headers=headers) as http:
        statuses = [http.get(url).status_code for _ in range(4)]
    assert statuses == [502, 502, 500, 200]
    assert [fault.struck for fault in sandbox.faults.list()] == [2, 1]


def test_other_operations_and_the_pages_of_payers_are_spared(
    sandbox: RunningSandbox, shop: Shop
) -> None:
    sandbox.faults.set("payments.*", "reset_before", times=9)
    shop.paid()
    sandbox.faults.set("*", "reset_before", times=9)
    sandbox.advance(1)
    assert httpx.get(sandbox.base_url, trust_env=False).status_code < 500
    assert [fault.struck for fault in sandbox.faults.list()] == [0, 0]


def test_faults_are_removed_one_by_one_all_at_once_and_by_a_reset(
    sandbox: RunningSandbox,
) -> None:
    first = sandbox.faults.next("payments.capture", "slow")
    second = sandbox.faults.next("payments.refund", "slow", seconds=1.5)
    assert (first.seconds, second.seconds) == (5, 1.5)
    sandbox.faults.remove(first)
    assert sandbox.faults.list() == [second]
    with pytest.raises(ValueError, match="no fault flt_"):
        sandbox.faults.remove(first.id)
    sandbox.faults.clear()
    assert sandbox.faults.list() == []
    sandbox.faults.next("*", "slow")
    sandbox.reset()
    assert sandbox.faults.list() == []


@pytest.mark.parametrize(
    ("target", "fault", "numbers", "message"),
    [
        ("payments.captur", "slow", {}, "did you mean 'payments.capture'"),
        ("payment.*", "slow", {}, r"did you mean 'payments\.\*'"),
        ("*", "respnse_lost", {}, "did you mean 'response_lost'"),
        ("*", "response-lots", {}, "did you mean 'response-lost'"),
        ("transaction.charged", "slow", {}, "strikes an operation"),
        ("payments.capture", "webhook_lost", {}, "strikes an event"),
        ("transaction.chraged", "webhook_lost", {}, "'transaction.charged'"),
        ("*", "slow", {"times": 0}, "times must be"),
        ("*", "slow", {"probability": 1.5}, "probability must be"),
        ("*", "slow", {"probability": 0}, "probability must be"),
        ("*", "slow", {"seed": 3}, "a seed is for a probability"),
        ("*", "slow", {"seconds": -1}, "seconds must be"),
        ("*", "reset_after", {"seconds": 1}, "takes no seconds"),
        ("*", "slow", {"times": "many"}, "times must be a whole number"),
        ("", "slow", {}, "target must be a text"),
    ],
)
def test_a_fault_that_cannot_be_set_is_told(
    sandbox: RunningSandbox,
    target: str,
    fault: str,
    numbers: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        sandbox.faults.set(target, fault, **numbers)
    assert sandbox.faults.list() == []


def test_a_request_that_sets_a_fault_is_read_strictly(sandbox: RunningSandbox) -> None:
    url = f"{sandbox.base_url}/_sandbox/faults"
    for body, message in (
        ([], "JSON object"),
        ({"target": "*", "fault": "slow", "tims": 1}, "there is target, fault, times"),
    ):
        response = httpx.post(url, json=body, trust_env=False)
        assert response.status_code == 422
        assert message in response.json()["message"]


def test_a_fault_of_connections_needs_the_server_of_the_sandbox() -> None:
    app = create_app()

    async def ask() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sandbox"
        ) as http:
            body = {"target": "*", "fault": "reset_before"}
            await http.post("/_sandbox/faults", json=body)
            await http.get("/v1/transactions")

    with pytest.raises(RuntimeError, match="Serve it with RunningSandbox"):
        asyncio.run(ask())


# --- webhooks -------------------------------------------------------------------------------------------------


@pytest.fixture
def hooked(receiver: Receiver) -> Iterator[RunningSandbox]:
    with RunningSandbox(create_app(webhook_url=receiver.url)) as made:
        yield made


def events_of(sandbox: RunningSandbox, receiver: Receiver, count: int) -> list[str]:
    """Trigger a charged payment, and return the names of the first events that came."""
    assert main(["trigger", "transaction.charged", "--url", sandbox.base_url]) == 0
    sandbox.webhooks.wait()
    return [receiver.next()["name"] for _ in range(count)]


def test_an_event_is_posted_twice(hooked: RunningSandbox, receiver: Receiver) -> None:
    hooked.faults.next("transaction.charged", "webhook_twice")
    names = events_of(hooked, receiver, 4)
    assert names.count("transaction.charged") == 2
    assert receiver.requests.empty()


def test_an_event_is_lost(hooked: RunningSandbox, receiver: Receiver) -> None:
    hooked.faults.next("transaction.charged", "webhook_lost")
    assert "transaction.charged" not in events_of(hooked, receiver, 2)
    assert receiver.requests.empty()
    lost = hooked.webhooks.deliveries()[-1]
    assert (lost.state, lost.reason) == ("not_sent", "the fault webhook_lost")


def test_an_event_is_late(hooked: RunningSandbox, receiver: Receiver) -> None:
    hooked.faults.next("transaction.authorized", "webhook-late", seconds=60)
    assert events_of(hooked, receiver, 2) == [
        "transaction.created",
        "transaction.charged",
    ]
    hooked.advance(60)
    assert receiver.next()["name"] == "transaction.authorized"


def test_an_event_is_overtaken(hooked: RunningSandbox, receiver: Receiver) -> None:
    hooked.faults.next("transaction.authorized", "webhook_out_of_order")
    assert events_of(hooked, receiver, 3) == [
        "transaction.created",
        "transaction.charged",
        "transaction.authorized",
    ]


def test_an_event_that_nothing_overtakes_can_be_released(
    hooked: RunningSandbox, receiver: Receiver
) -> None:
    hooked.faults.next("transaction.charged", "webhook_out_of_order")
    events_of(hooked, receiver, 2)
    (held,) = hooked.webhooks.release()
    assert held.name == receiver.next()["name"] == "transaction.charged"
    hooked.webhooks.wait()
    # It is not sent once more by the event that follows.
    hooked.webhooks.emit("transaction.refunded")
    hooked.webhooks.wait()
    assert receiver.next()["name"] == "transaction.refunded"
    assert receiver.requests.empty()


def test_an_event_to_another_machine_is_not_sent_by_way_of_a_fault(
    sandbox: RunningSandbox,
) -> None:
    for fault in ("webhook_out_of_order", "webhook_twice", "webhook_forged"):
        sandbox.faults.next("*", fault)
        sandbox.webhooks.emit("transaction.charged", url="http://shop.example/")
    states = {one.state for one in sandbox.webhooks.wait()}
    assert states == {"not_sent"}


def test_a_forgery_comes_before_the_event(
    hooked: RunningSandbox, receiver: Receiver
) -> None:
    hooked.faults.next("transaction.charged", "webhook_forged")
    events_of(hooked, receiver, 2)
    headers, forged = receiver.next_raw()
    with pytest.raises(webhooks.WebhookVerificationError):
        webhooks.unwrap(forged, headers, secret=TOKEN)
    headers, real = receiver.next_raw()
    assert webhooks.unwrap(real, headers, secret=TOKEN).name == "transaction.charged"
    assert real == forged


def test_a_forgery_of_a_test_is_struck_by_no_fault(
    hooked: RunningSandbox, receiver: Receiver
) -> None:
    hooked.faults.next("*", "webhook_lost")
    hooked.webhooks.emit("transaction.charged", forged=True)
    assert receiver.next()["name"] == "transaction.charged"


# --- the command ----------------------------------------------------------------------------------------------


@pytest.fixture
def told(sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with the sandbox; give what it prints, which is JSON with `--json`."""

    def run(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main(["faults", *arguments, "--url", sandbox.base_url]) == code
        printed = capsys.readouterr()
        if code:
            return printed.err
        return json.loads(printed.out) if "--json" in arguments else printed.out

    return run


def test_the_command_sets_lists_and_clears(
    sandbox: RunningSandbox, shop: Shop, told: Callable[..., Any]
) -> None:
    assert "No fault is set." in told("list")
    shown = told("set", "payments.capture", "response-lost", "--times", "2")
    assert "response-lost" in shown
    payment_id = shop.paid()
    with pytest.raises(OutcomeUnknownError):
        shop.capture(payment_id)
    (listed,) = told("list", "--json")["faults"]
    assert (listed["target"], listed["fault"]) == ("payments.capture", "response_lost")
    assert (listed["times"], listed["struck"]) == (2, 1)
    assert "the next 2" in told("list")
    told("set", "*", "slow", "--probability", "0.25", "--seed", "3", "--seconds", "2")
    assert "0.25 of all, seed 3, 2 s" in told("list")
    assert "slow" in told("clear", listed["id"])
    assert told("clear", "--json") == {"faults": []}
    assert sandbox.faults.list() == []


def test_the_command_names_all_faults(told: Callable[..., Any]) -> None:
    shown = told("kinds", "--json")["known"]
    assert [one["fault"] for one in shown] == list(KINDS)
    for one in shown:
        assert "money" in one["happens"] or "handler" in one["happens"]
    assert "response-lost" in told("kinds")


def test_the_command_says_what_was_meant(told: Callable[..., Any]) -> None:
    assert "did you mean 'response-lost'" in told(
        "set", "payments.capture", "response-lots", code=1
    )
    assert "did you mean 'payments.capture'" in told(
        "set", "payments.captrue", "response-lost", code=1
    )
    assert "no number" in told("set", "*", "slow", "--seconds", "soon", code=2)
    assert "no fault flt_77" in told("clear", "flt_77", code=1)


def test_a_control_of_another_process_needs_only_the_address(
    sandbox: RunningSandbox,
) -> None:
    control = FaultControl(f"{sandbox.base_url}")
    made = control.next("payments.*", "slow")
    assert sandbox.faults.list() == [made]
    assert repr(control) == f"<FaultControl {sandbox.base_url}>"
