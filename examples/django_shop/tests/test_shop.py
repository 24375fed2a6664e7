"""Orders are paid once, fulfilled once and given back once, whatever goes wrong."""

from __future__ import annotations

import pytest
from plexy_pay import BadGatewayError, PlexyPay
from plexy_pay_sandbox import AppWebhooks, FaultControl, SandboxClock

from .visitor import Visitor, reconcile, restart, saved


def test_an_order_is_paid_and_fulfilled_when_its_money_is_held(
    shop: Visitor, plexy_webhooks: AppWebhooks
) -> None:
    order_id = shop.order()
    assert shop.state(order_id) == "open"
    shop.pay(order_id)
    responses = plexy_webhooks.deliver_to(shop.http)
    assert [response.status for response in responses] == [200, 200]
    paid = saved(order_id)
    assert (paid.state, paid.note) == ("paid", "")
    assert paid.fulfilled_at is not None


def test_a_payer_who_comes_back_is_not_believed(shop: Visitor) -> None:
    order_id = shop.order()
    # Anybody can type the address that payers are sent back to.
    assert shop.state(order_id) == "open"
    assert shop.http.get(f"/orders/{order_id}/left").status_code == 200
    assert shop.state(order_id) == "open"


def test_a_payer_who_comes_back_before_the_webhook_sees_the_truth(
    shop: Visitor,
) -> None:
    order_id = shop.order()
    shop.pay(order_id)
    assert shop.state(order_id) == "paid"


def test_a_declined_card_can_be_followed_by_another_one(
    shop: Visitor, plexy_webhooks: AppWebhooks
) -> None:
    order_id = shop.order()
    shop.pay(order_id, "decline")
    plexy_webhooks.deliver_to(shop.http)
    assert shop.state(order_id) == "declined"
    shop.pay(order_id)
    plexy_webhooks.deliver_to(shop.http)
    assert shop.state(order_id) == "paid"


def test_a_cancelled_order_cannot_be_paid(
    shop: Visitor, plexy_client: PlexyPay
) -> None:
    order_id = shop.order()
    shop.http.post(f"/orders/{order_id}/cancel")
    assert shop.state(order_id) == "cancelled"
    [link] = plexy_client.payment_links.list()
    assert link.status == "cancelled"
    # Nor does a button of an old page make another link.
    assert shop.press_buy(order_id).url == f"http://testserver/orders/{order_id}"


def test_a_paid_order_is_not_cancelled(shop: Visitor) -> None:
    order_id = shop.order()
    shop.pay(order_id)
    # No webhook has come yet.
    shop.http.post(f"/orders/{order_id}/cancel")
    assert shop.state(order_id) == "paid"


def test_an_order_that_nobody_paid_expires(
    shop: Visitor, plexy_clock: SandboxClock
) -> None:
    order_id = shop.order()
    plexy_clock.advance("2h")
    reconcile()
    assert saved(order_id).state == "expired"


def test_a_webhook_that_comes_twice_counts_once(
    shop: Visitor, plexy_webhooks: AppWebhooks, plexy_faults: FaultControl
) -> None:
    plexy_faults.next("transaction.authorized", "webhook_twice")
    order_id = shop.order()
    shop.pay(order_id)
    before = plexy_webhooks.deliver_to(shop.http)
    assert [response.status for response in before] == [200, 200, 200]
    paid = saved(order_id)
    # Not even after a restart, which forgets what the adapter remembers.
    restart()
    for delivery in plexy_webhooks.deliveries():
        plexy_webhooks.redeliver(delivery)
    again = plexy_webhooks.deliver_to(shop.http)
    assert {response.status for response in again} == {200}
    # Nor was it fulfilled a second time.
    assert saved(order_id).fulfilled_at == paid.fulfilled_at


def test_webhooks_come_the_wrong_way_round(
    shop: Visitor, plexy_webhooks: AppWebhooks, plexy_clock: SandboxClock
) -> None:
    plexy_webhooks.hold()
    order_id = shop.order()
    shop.pay(order_id, "decline")
    shop.pay(order_id)
    plexy_clock.advance("1h")
    plexy_webhooks.release("reversed")
    names = [response.name for response in plexy_webhooks.deliver_to(shop.http)]
    assert (names[0], names[-1]) == ("transaction.charged", "transaction.created")
    paid = saved(order_id)
    assert (paid.state, paid.note) == ("paid", "")


def test_a_forged_webhook_is_refused(
    shop: Visitor, plexy_webhooks: AppWebhooks
) -> None:
    order_id = shop.order()
    plexy_webhooks.emit("transaction.authorized", forged=True)
    [response] = plexy_webhooks.deliver_to(shop.http, "/webhooks/plexy")
    assert response.status == 401
    assert saved(order_id).state == "open"


def test_a_webhook_is_not_acknowledged_while_it_cannot_be_looked_up(
    shop: Visitor, plexy_webhooks: AppWebhooks, plexy_faults: FaultControl
) -> None:
    order_id = shop.order()
    shop.pay(order_id)
    plexy_faults.set("transactions.retrieve", "bad_gateway", times=3)
    with pytest.raises(BadGatewayError):
        plexy_webhooks.deliver_to(shop.http)
    plexy_webhooks.deliver_to(shop.http)
    assert saved(order_id).state == "paid"


def test_webhooks_that_are_lost_are_made_up_for(
    shop: Visitor, plexy_faults: FaultControl
) -> None:
    plexy_faults.set("transaction.*", "webhook_lost")
    order_id = shop.order()
    shop.pay(order_id)
    reconcile()
    assert saved(order_id).state == "paid"


def test_an_order_that_cannot_be_looked_up_holds_no_other_up(
    shop: Visitor, plexy_faults: FaultControl
) -> None:
    first, second = shop.order(), shop.order()
    shop.pay(first)
    shop.pay(second)
    plexy_faults.set("payment_links.retrieve", "bad_gateway", times=3)
    reconcile()
    assert {saved(first).state, saved(second).state} == {"open", "paid"}


def test_a_second_click_makes_no_second_order(
    shop: Visitor, plexy_client: PlexyPay
) -> None:
    order_id = shop.new_order_id()
    assert shop.press_buy(order_id).url == shop.press_buy(order_id).url
    assert len(plexy_client.payment_links.list().to_list()) == 1


def test_a_link_whose_response_is_lost_is_found(
    shop: Visitor, plexy_client: PlexyPay, plexy_faults: FaultControl
) -> None:
    plexy_faults.next("payment_links.create", "response_lost")
    shop.pay(shop.order())
    assert len(plexy_client.payment_links.list().to_list()) == 1


def test_a_shop_that_dies_while_it_makes_a_link_goes_on_with_it(
    shop: Visitor, plexy_client: PlexyPay, plexy_faults: FaultControl
) -> None:
    order_id = shop.new_order_id()
    plexy_faults.next("payment_links.create", "response_lost")
    # The look-up that follows fails, with all of its repetitions: the shop knows as little as after a crash.
    plexy_faults.set(
        "payment_links.retrieve_by_order_reference", "reset_before", times=3
    )
    assert shop.press_buy(order_id).status_code == 503
    restart()
    shop.pay(order_id)
    assert shop.state(order_id) == "paid"
    assert len(plexy_client.payment_links.list().to_list()) == 1


def test_the_money_of_an_order_is_given_back_before_and_after_its_capture(
    shop: Visitor, plexy_webhooks: AppWebhooks, plexy_clock: SandboxClock
) -> None:
    held, taken = shop.order(), shop.order()
    shop.pay(held)
    assert shop.state(held) == "paid"
    assert "the money goes back" in shop.refund(held)
    shop.pay(taken)
    plexy_clock.advance("1h")
    assert shop.state(taken) == "paid"
    assert "the money goes back" in shop.refund(taken)
    assert "nothing went back" in shop.refund(taken)
    plexy_webhooks.deliver_to(shop.http)
    assert {saved(held).state, saved(taken).state} == {"given_back"}


def test_a_refund_whose_response_is_lost_is_reconciled_after_a_restart(
    shop: Visitor,
    plexy_client: PlexyPay,
    plexy_clock: SandboxClock,
    plexy_faults: FaultControl,
) -> None:
    order_id = shop.order()
    shop.pay(order_id)
    plexy_clock.advance("1h")
    assert shop.state(order_id) == "paid"
    plexy_faults.next("payments.refund", "response_lost")
    assert "not known yet" in shop.refund(order_id)
    # Nobody can give it back a second time meanwhile.
    assert "nothing went back" in shop.refund(order_id)
    restart()
    reconcile()
    assert saved(order_id).state == "given_back"
    refunds = [
        transaction
        for transaction in plexy_client.transactions.list()
        if transaction.order_reference == f"{order_id}-refund"
    ]
    assert len(refunds) == 1


def test_a_refund_that_may_not_have_arrived_is_for_a_person(
    shop: Visitor, plexy_clock: SandboxClock, plexy_faults: FaultControl
) -> None:
    order_id = shop.order()
    shop.pay(order_id)
    plexy_clock.advance("1h")
    assert shop.state(order_id) == "paid"
    plexy_faults.next("payments.refund", "reset_before")
    shop.refund(order_id)
    # The payment looks as if nothing had been asked, which proves nothing.
    assert "nothing went back" in shop.refund(order_id)
    reconcile()
    assert saved(order_id).state == "giving_back"
    assert "dashboard" in saved(order_id).note
    # A person has looked there.
    shop.allow_again(order_id)
    assert "the money goes back" in shop.refund(order_id)


def test_only_operators_refund(shop: Visitor) -> None:
    order_id = shop.order()
    choice = {"action": "refund", "_selected_action": order_id}
    response = shop.http.post("/admin/orders/order/", choice)
    assert "/admin/login/" in response["Location"]
