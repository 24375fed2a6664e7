"""The programs of the guides go on where the pages stop: the payer pays, responses are lost, events come twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from helpers.pages import PROGRAMS
from plexy_pay import Executed, PlexyPay
from plexy_pay.webhooks import Receiver, TokenSecret
from plexy_pay_sandbox import AppWebhooks, RunningSandbox
from plexy_pay_sandbox.app import create_app

pytestmark = pytest.mark.filterwarnings("ignore::plexy_pay.InferredOperationWarning")

Names = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """A sandbox that hands its webhooks over on request, and the programs that run beside it."""

    sandbox: RunningSandbox
    webhooks: AppWebhooks

    def program(self, page: str, nth: int = 0) -> Names:
        """Run a program of a page and return the names that it leaves behind."""
        shown = [one for one in PROGRAMS.values() if one.page.name == page]
        names: Names = {"__name__": "shop"}
        code = compile(shown[nth].text, page, "exec", dont_inherit=True)
        exec(code, names)
        return names

    def pay(self, link_id: str) -> None:
        """Pay a link as a payer does."""
        url = self.sandbox.base_url + f"/{link_id}/pay"
        assert httpx.post(url).status_code in (200, 303)

    def deliver(self, handle: Callable[[Any], None]) -> None:
        """Hand all events that are due to a handler."""
        receiver = Receiver(handle, secret=TokenSecret(self.sandbox.webhook_token))

        def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            reply = receiver.receive(body, environ)
            start(f"{reply.status} -", [])
            return [b""]

        assert all(one.status == 200 for one in self.webhooks.deliver_to(app))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    app = create_app(webhook_url="http://testserver/webhooks", webhook_outbox=True)
    with RunningSandbox(app) as sandbox:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PLEXY_API_KEY", sandbox.key)
        monkeypatch.setenv("PLEXY_CHECKOUT_API_KEY", sandbox.checkout_key)
        monkeypatch.setenv("PLEXY_GATE_API_KEY", sandbox.gate_key)
        monkeypatch.setenv("PLEXY_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("PLEXY_WEBHOOK_TOKEN", sandbox.webhook_token)
        monkeypatch.setenv("SHOP_URL", "http://testserver")
        yield Bench(sandbox, AppWebhooks(sandbox.base_url))


# --- take-a-payment.md ---


@pytest.fixture
def shop(bench: Bench) -> Iterator[Names]:
    names = bench.program("take-a-payment.md", 1)
    with names["transaction"]() as database:
        database.execute(
            "INSERT INTO orders (reference, tenge) VALUES ('ORD-1001', '22000')"
        )
    yield names
    names["client"].close()


def order(shop: Names) -> tuple[str, str]:
    """Return the state of the order and the id of its link."""
    with shop["transaction"]() as database:
        row = database.execute("SELECT state, link_id FROM orders").fetchone()
    return row[0], row[1]


def parcels(shop: Names) -> int:
    with shop["transaction"]() as database:
        return len(database.execute("SELECT * FROM parcels").fetchall())


def test_the_shop_fulfils_once_whatever_the_webhooks_do(
    bench: Bench, shop: Names
) -> None:
    bench.sandbox.faults.next("transaction.authorized", "webhook_twice")
    assert shop["settle"]("ORD-1001") == "open"
    shop["pay"]("ORD-1001")
    assert shop["settle"]("ORD-1001") == "open"
    bench.pay(order(shop)[1])
    bench.webhooks.deliver_to(shop["app"])
    assert (order(shop)[0], parcels(shop)) == ("paid", 1)
    bench.sandbox.advance(3600)
    bench.webhooks.deliver_to(shop["app"])
    shop["settle_open_orders"]()
    assert shop["show"]("ORD-1001") == {"order": "ORD-1001", "state": "paid"}
    assert parcels(shop) == 1


def test_the_shop_finds_a_payment_whose_webhook_is_lost(
    bench: Bench, shop: Names
) -> None:
    shop["pay"]("ORD-1001")
    bench.pay(order(shop)[1])
    assert order(shop)[0] == "open"
    shop["settle_open_orders"]()
    assert (order(shop)[0], parcels(shop)) == ("paid", 1)


def test_the_shop_has_one_link_though_the_response_is_lost(
    bench: Bench, shop: Names
) -> None:
    bench.sandbox.faults.next("payment_links.create", "response_lost")
    first = shop["pay"]("ORD-1001").headers["location"]
    assert shop["pay"]("ORD-1001").headers["location"] == first
    client: PlexyPay = shop["client"]
    assert [link.url for link in client.payment_links.list()] == [first]


def test_the_shop_takes_a_second_card_after_a_decline(
    bench: Bench, shop: Names
) -> None:
    shop["pay"]("ORD-1001")
    link_id = order(shop)[1]
    httpx.post(f"{bench.sandbox.base_url}/{link_id}/decline")
    shop["settle_open_orders"]()
    assert order(shop)[0] == "open"
    bench.pay(link_id)
    shop["settle_open_orders"]()
    assert order(shop)[0] == "paid"


# --- the others ---


def test_a_card_is_tried_again_with_a_new_reference(bench: Bench) -> None:
    names = bench.program("cards.md", 1)
    client, headers = names["client"], {"User-Agent": "x", "Accept": "text/html"}
    order = names["orders"]["ORD-1"] = names["Order"]("ORD-1", names["order"].price)
    page = names["pay"](order, names["form"], headers)
    answer = names["answer_challenge"]
    assert "not confirmed" in names["bank_returned"](answer(page, otp="111"))
    page = names["pay"](order, names["form"], headers)
    assert order.state == "confirming"
    bench.sandbox.faults.next("direct_payments.continue_three_ds", "response_lost")
    posted = answer(page, otp="555")
    assert names["bank_returned"](posted) == names["CHECKING"]
    # The bank's form comes once more, and the payer clicks again.
    assert names["bank_returned"](posted) == "404 Not Found"
    assert names["pay"](order, names["form"], headers) == names["CHECKING"]
    assert isinstance(client.reconcile(order.call), Executed)
    rows = client.transactions.list().to_list(limit=10)
    references = [one.order_reference for one in rows]
    assert references == ["ORD-1-2", "ORD-1-1", "ORD-1001-1"]


def test_a_held_payment_is_captured_in_part(bench: Bench) -> None:
    names = bench.program("payment-states.md")
    link_id = names["link"].id
    part = names["Money"]("15000", "KZT")
    assert names["ship"](link_id, part) == "nothing to capture"
    bench.pay(link_id)
    assert "captured 15" in names["ship"](link_id, part)
    assert names["ship"](link_id, part) == "nothing to capture"


def test_a_refund_is_requested_once(bench: Bench) -> None:
    names = bench.program("payment-states.md")
    bench.pay(names["link"].id)
    names["ship"](names["link"].id, names["Money"]("15000", "KZT"))
    found = names["client"].transactions.retrieve_by_payment_link(names["link"].id)
    refund = bench.program("payment-states.md", 1)["refund"]
    amount = names["Money"]("5000", "KZT")
    assert "10 000.00 KZT can still be" in refund(found.payment_id, "R-1", amount)
    assert refund(found.payment_id, "R-1", amount) == "already requested"


def test_a_month_is_charged_once(bench: Bench) -> None:
    names = bench.program("saved-cards.md")
    subscription = names["subscriptions"]["SUB-1001"]
    bench.pay(subscription.link_id)
    bench.deliver(names["handle"])
    assert subscription.card_token_id
    charge = names["charge"]
    assert charge("SUB-1001", "2027-01", Decimal(5000)) == "paid"
    bench.sandbox.faults.next("recurring_payments.create", "response_lost")
    assert charge("SUB-1001", "2027-02", Decimal(5000)) == "unknown"
    assert charge("SUB-1001", "2027-02", Decimal(5000)) == "unknown"
    transactions: list[Any] = names["client"].transactions.list().to_list(limit=10)
    assert len(transactions) == 3


def captured(bench: Bench) -> dict[str, str]:
    """Bring a captured payment into the sandbox."""
    url = f"{bench.sandbox.base_url}/_sandbox/triggers"
    response = httpx.post(url, json={"name": "transaction.charged"})
    made: dict[str, str] = response.raise_for_status().json()["made"]
    return made


def test_a_payout_is_sent_once(bench: Bench) -> None:
    names = bench.program("payouts.md")
    captured(bench)
    pay_out, token = names["pay_out"], names["token"]
    assert pay_out("PRIZE-1001", token, Decimal(15000)).startswith("created ")
    assert pay_out("PRIZE-1001", token, Decimal(15000)).startswith("created ")
    assert len(names["client"].payouts.list().to_list(limit=10)) == 1


def test_a_split_waits_for_the_capture_and_is_made_once(bench: Bench) -> None:
    names = bench.program("splits.md")
    transaction = captured(bench)["transaction"]
    split, seller = names["split"], names["seller"]
    assert split("A", transaction, seller, Decimal(19800)).startswith("made ")
    assert split("A", transaction, seller, Decimal(19800)).startswith("made ")
    assert names["client"].beneficiaries.retrieve(seller).balance == 19800


def test_a_settlement_order_is_paid_once(bench: Bench) -> None:
    names = bench.program("settlements.md")
    captured(bench)
    arguments = ("settle-1", names["beneficiary"].id, Decimal(10000))
    bench.sandbox.faults.set("settlement_orders.create", "response_lost", times=9)
    assert names["settle"](*arguments) == "unknown"
    bench.sandbox.faults.clear()
    assert names["settle"](*arguments) == "created"
    bench.sandbox.advance(60)
    bench.deliver(names["handle"])
    assert names["orders"]["settle-1"] == "paid"
    assert len(names["client"].settlement_orders.list().to_list(limit=10)) == 1


def test_a_wallet_authorization_is_repeated_with_its_key(bench: Bench) -> None:
    names = bench.program("wallet.md")
    price = names["Money"]("22000", "KZT")
    first, second = (names["authorize"]("ORD-2", price) for _ in range(2))
    assert first.wallet_transaction_id == second.wallet_transaction_id
    assert names["is_held"](first.wallet_transaction_id) is None
    bench.sandbox.advance(2)
    assert names["is_held"](first.wallet_transaction_id) is True


def test_a_declined_checkout_payment_is_told_from_a_paid_one(bench: Bench) -> None:
    names = bench.program("checkout.md", 1)
    pay, price, data = names["pay"], names["price"], names["data"]
    declined = {**data["paymentMethod"], "encryptedCardNumber": "test_4000000000000002"}
    blocked = {**data["paymentMethod"], "encryptedCardNumber": "test_4000000000004954"}
    states = [
        pay(attempt, price, {**data, "paymentMethod": method})
        for attempt, method in (("A-1", declined), ("A-2", blocked))
    ]
    assert states == [{"state": "declined"}, {"state": "declined"}]
    assert pay("A-3", price, data) == {"state": "paid"}
    bench.sandbox.faults.next("checkout.payments.create", "response_lost")
    assert pay("A-4", price, data) == {"state": "unknown"}


def test_a_session_that_was_paid_for_another_order_pays_nothing(bench: Bench) -> None:
    names = bench.program("checkout.md")
    session, price = names["session"], names["Money"]("22000", "KZT")
    page = httpx.post(f"{session['url']}/pay")
    result = httpx.URL(page.headers["location"]).params["sessionResult"]
    assert names["is_paid"]("ORD-1001", price, session["id"], result)
    assert not names["is_paid"]("ORD-1002", price, session["id"], result)
    assert not names["is_paid"]("ORD-1001", price + price, session["id"], result)


def test_a_voucher_is_delivered_once_it_is_completed(bench: Bench) -> None:
    names = bench.program("gate.md")
    assert names["buy"]("INV-1001", 457, "USD").startswith("ordered ")
    assert names["deliver"]("INV-1001") == "pending"
    bench.sandbox.advance(90)
    assert names["deliver"]("INV-1001").startswith("the code is ")
    assert len(names["client"].gate.orders.list().to_list(limit=10)) == 1


def test_the_check_before_going_live_names_what_is_missing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.program("go-live.md")
    monkeypatch.delenv("PLEXY_WEBHOOK_TOKEN")
    monkeypatch.setenv("PLEXY_API_KEY", "pr_wrong")
    with pytest.raises(SystemExit, match=r"(?s)401.*PLEXY_WEBHOOK_TOKEN"):
        bench.program("go-live.md")
