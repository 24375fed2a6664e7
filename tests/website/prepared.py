"""What a sandbox needs before an example can succeed. The client makes it, as a merchant would."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from helpers.cards import card_data
from plexy_pay import Money, PlexyPay
from plexy_pay.models import CardData
from plexy_pay_sandbox import RunningSandbox
from plexy_pay_sandbox.three_ds import cres_of

from .gateway import Prepared

LINK = "pl_5e9f8f8f9d9e9e9d9e9f8f8f8f9d9e9f"
TRANSACTION = "05e99c36-499d-4a6f-9e5d-e93d3eb8e63e"
WAITING = "d9ed7581-048d-434c-9a63-7bbd361c0dec"
INITIAL = "8c876a3e-fc28-4e77-b781-b7cfd5cfefb4"
CARD_TOKEN = "6e70c8a6-8f4d-4d2f-8b3a-7a12d5c3b01c"
SPLIT = "3f0b2c1e-52a5-4f5a-8f3e-6f0c9d1f2a77"
BENEFICIARY = "aed26d75-2f6f-4a7c-9c39-0d5f5a1a4b11"
SETTLEMENT_ORDER = "4854228f-6a8b-4c59-8d4a-0e6d2c1b9f10"
CUSTOMER = "01989f41-a6eb-77d4-a666-9361fb25bec6"
MERCHANT = "6c0afdee-53a6-4f0f-9b2a-5a3f7c1d2e44"
WALLET = "0197b6f2-5c3e-7d41-9a0b-6e2f4c8d1a37"
REDIRECT_RESULT = "X6XtfGC3!Y2hhbGxlbmdl"
SESSION = "CS37D372C44F83716CE84D22F"
SESSION_RESULT = "X3XtfGC9!Y2hlY2tvdXQ"
GATE_ORDER = "5c1f4f9d-8b5a-4e8b-8c0e-1d1c2f3a4b5c"
PRICE = Money("50000", "KZT")


class Shop:
    """Make things in a sandbox.

    Args:
        sandbox: The sandbox.
        client: A client of it.
    """

    def __init__(self, sandbox: RunningSandbox, client: PlexyPay) -> None:
        self.sandbox = sandbox
        self.client: Any = client

    def link(self, **fields: Any) -> Any:
        return self.client.payment_links.create(
            amount=PRICE,
            order_reference="ORD-1001",
            description="Order 1001",
            expires_at=self.sandbox.clock.now() + timedelta(days=1),
            **fields,
        )

    def paid_link(self) -> Any:
        """A link that was paid; the money is held."""
        link = self.link()
        paid = httpx.post(f"{link.url}/pay")
        assert paid.status_code in (200, 303), paid.text
        return link

    def paid(self) -> Any:
        """The transaction of a link that was paid."""
        link = self.paid_link()
        return self.client.transactions.retrieve_by_payment_link(link.id)

    def charged(self) -> Any:
        """The transaction of a link that was paid; the money is taken."""
        transaction = self.paid()
        self.client.payments.capture(transaction.payment_id)
        return transaction

    def waiting(self) -> Any:
        """A direct payment that waits for the bank of the payer."""
        return self.client.direct_payments.create(
            transaction_type="sale",
            payment_method="card",
            order_details={"amount": PRICE},
            card_data=CardData.from_dict(card_data()),
        )

    def saved_card(self) -> Any:
        """A direct payment that saved its card."""
        waiting = self.waiting()
        return self.client.direct_payments.continue_three_ds(
            transaction_id=waiting.id, cres=cres_of("Y")
        )

    def customer(self) -> Any:
        return self.client.customers.create(email="a@example.com", phone="+70000000001")

    def beneficiary(self) -> Any:
        return self.client.beneficiaries.create(name="Seller", iban="KZ1")

    def split(self) -> tuple[Any, Any, Any]:
        """A charged transaction, a beneficiary, and the part of it that went there."""
        transaction, beneficiary = self.charged(), self.beneficiary()
        split = self.client.split_requests.create(
            transaction_id=transaction.transaction_id,
            beneficiary_id=beneficiary.id,
            amount=15000,
            currency="KZT",
        )
        return transaction, beneficiary, split

    def wallet(self) -> Any:
        """A transaction of the wallet that succeeded."""
        made = self.client.wallet.authorize(
            idempotency_key="key", amount=PRICE, order_reference="ORD-1"
        )
        self.sandbox.advance(2)
        return made

    def challenged(self) -> str:
        """What the bank gives back for a checkout payment that it had to confirm."""
        payment = self.client.checkout.payments.create(
            amount=PRICE,
            merchant_account="ExampleShopECOM",
            reference="ORD-1001",
            return_url="https://shop.example/return",
            payment_method={"type": "scheme"},
            authentication_data={"attempt_authentication": "always"},
        )
        page = httpx.get(payment.action.url).text
        return re.findall(r"redirectResult=(\w+)", page)[0]

    def session(self) -> tuple[Any, str]:
        """A session of the checkout that was paid, and the result that its payer brings back."""
        session = self.client.checkout.sessions.create(
            amount=PRICE,
            merchant_account="ExampleShopECOM",
            reference="ORD-1001",
            return_url="https://shop.example/return",
        )
        paid = httpx.post(f"{session.url}/pay")
        return session, httpx.URL(paid.headers["Location"]).params["sessionResult"]


def _link(shop: Shop) -> Prepared:
    return Prepared({LINK: shop.link().id})


def _transaction(shop: Shop) -> Prepared:
    return Prepared({TRANSACTION: shop.paid().transaction_id})


def _payment(shop: Shop) -> Prepared:
    return Prepared({TRANSACTION: shop.paid().payment_id})


def _charged_payment(shop: Shop) -> Prepared:
    return Prepared({TRANSACTION: shop.charged().payment_id})


def _of_link(shop: Shop) -> Prepared:
    return Prepared({LINK: shop.paid_link().id})


def _saved_card(shop: Shop) -> Prepared:
    done = shop.saved_card()
    return Prepared({CARD_TOKEN: done.card_token_id, INITIAL: done.id})


def _waiting(shop: Shop) -> Prepared:
    return Prepared({WAITING: shop.waiting().id})


def _split(shop: Shop) -> Prepared:
    transaction, beneficiary, split = shop.split()
    ids = {
        TRANSACTION: transaction.transaction_id,
        BENEFICIARY: beneficiary.id,
        SPLIT: split.id,
    }
    return Prepared(ids)


def _settlement_order(shop: Shop) -> Prepared:
    _, beneficiary, _ = shop.split()
    order = shop.client.settlement_orders.create(
        request_id="r-1", beneficiary_id=beneficiary.id, amount=1, currency="KZT"
    )
    return Prepared({SETTLEMENT_ORDER: order.id})


def _payout(shop: Shop) -> Prepared:
    shop.charged()
    saved = shop.client.payouts.save_card(
        customer_id=shop.customer().id,
        card_data=CardData.from_dict(card_data()),
    )
    return Prepared({CARD_TOKEN: saved.card_token_id})


def _customer(shop: Shop) -> Prepared:
    return Prepared({CUSTOMER: shop.customer().id}, card_data())


def _wallet(shop: Shop) -> Prepared:
    return Prepared({WALLET: shop.wallet().wallet_transaction_id})


def _captured_wallet(shop: Shop) -> Prepared:
    made = shop.wallet()
    shop.client.wallet.capture(made.wallet_transaction_id)
    return Prepared({WALLET: made.wallet_transaction_id})


def _challenged(shop: Shop) -> Prepared:
    return Prepared({REDIRECT_RESULT: shop.challenged()})


def _session(shop: Shop) -> Prepared:
    session, result = shop.session()
    return Prepared({SESSION: session.id, SESSION_RESULT: result})


def _gate_order(shop: Shop) -> Prepared:
    order = shop.client.gate.orders.create(idempotency_key="order-1", product_id=457)
    return Prepared({GATE_ORDER: str(order.id)})


def _by_reference(shop: Shop) -> Prepared:
    shop.paid()
    return Prepared()


def _card(shop: Shop) -> Prepared:
    return Prepared(card=card_data())


def _merchant(shop: Shop) -> Prepared:
    return Prepared({MERCHANT: "merchant_sandbox"})


#: What the example of a call needs; all others need nothing.
NEEDS: dict[str, Callable[[Shop], Prepared]] = {
    "beneficiaries.retrieve": _split,
    "beneficiaries.settle": _split,
    "beneficiaries.transfer_to_merchant": _split,
    "beneficiaries.update": _split,
    "checkout.payments.submit_details": _challenged,
    "checkout.sessions.retrieve_result": _session,
    "customers.card_tokens": _customer,
    "customers.retrieve": _customer,
    "customers.transactions": _customer,
    "direct_payments.continue_three_ds": _waiting,
    "direct_payments.create": _card,
    "gate.orders.retrieve": _gate_order,
    "merchants.retrieve": _merchant,
    "payment_links.cancel": _link,
    "payment_links.retrieve": _link,
    "payment_links.retrieve_by_order_reference": _link,
    "payment_links.update_expiration": _link,
    "payments.cancel": _payment,
    "payments.capture": _payment,
    "payments.refund": _charged_payment,
    "payouts.create": _payout,
    "payouts.save_card": _customer,
    "recurring_payments.create": _saved_card,
    "settlement_orders.create": _split,
    "settlement_orders.retrieve": _settlement_order,
    "split_requests.create": _split,
    "split_requests.delete": _split,
    "split_requests.retrieve": _split,
    "split_requests.update": _split,
    "transactions.history": _transaction,
    "transactions.retrieve": _transaction,
    "transactions.retrieve_by_order_reference": _by_reference,
    "transactions.retrieve_by_payment_link": _of_link,
    "wallet.cancel": _wallet,
    "wallet.capture": _wallet,
    "wallet.refund": _captured_wallet,
    "wallet.retrieve": _wallet,
}
