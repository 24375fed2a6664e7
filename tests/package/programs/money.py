"""What a merchant does with money: it must pass pyright strict and mypy strict as it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

from plexy_pay import Money, PlexyPay
from plexy_pay.models import (
    CapturePayment,
    CheckoutAmount,
    CheckoutWebhook,
    CreatePaymentLink,
    Order,
    OrderDetails,
    PaymentLink,
    Product,
    RefundPaymentResponse,
    TopupRequest,
)
from plexy_pay.params import (
    CheckoutLineItemParams,
    CreateOrderRequestParams,
    CreatePaymentLinkParams,
)


def is_paid_in_full(client: PlexyPay, link: PaymentLink, price: Money) -> bool:
    transaction = client.transactions.retrieve_by_payment_link(link.id)
    assert_type(transaction.money, Money | None)
    return link.money == price == transaction.money_in("KZT")


def give_back(client: PlexyPay, payment: str, lines: list[Money]) -> Money | None:
    refund = client.payments.refund(payment, amount=sum(lines, Money(0, "KZT")))
    assert_type(refund, RefundPaymentResponse)
    assert_type(refund.remaining_balance_money, Money | None)
    return refund.remaining_balance_money_in("KZT")


def arithmetic(price: Money) -> list[Money]:
    half, rest = price.allocate([1, 1])
    assert_type(price + half - rest, Money)
    assert_type(price * 2, Money)
    assert_type(3 * price, Money)
    assert_type(max(price, half), Money)
    assert_type(-abs(price), Money)
    assert_type(price.amount, Decimal)
    assert_type(price.minor, int)
    total = sum([price, half])
    return sorted([half, rest]) if total and price > rest else []


def requests(client: PlexyPay, price: Money) -> list[object]:
    line: CheckoutLineItemParams = {"amount_including_tax": price}
    order: CreateOrderRequestParams = {
        "product_id": 456,
        "topup_request": {"amount": price},
    }
    link: CreatePaymentLinkParams = {"amount": price}
    client.payment_links.create(**link)
    client.gate.orders.create(idempotency_key="order-1", **order)
    client.checkout.sessions.create(
        merchant_account="Shop",
        reference="ORD-1",
        return_url="https://shop.kz",
        amount=price,
        line_items=[line],
    )
    client.checkout.payments.create(
        merchant_account="Shop",
        amount={"value": price},
        idempotency_key="order-1",
        recurring_processing_model="Subscription",
    )
    client.direct_payments.create(
        transaction_type="sale", payment_method="card", order_details={"amount": price}
    )
    return [
        CreatePaymentLink(amount=price),
        OrderDetails(amount=price),
        CapturePayment(amount=price),
        TopupRequest(amount=price),
    ]


def responses(
    order: Order, product: Product, amount: CheckoutAmount, event: CheckoutWebhook
) -> list[Money]:
    found = [
        order.money,
        order.balance_after_money,
        product.money,
        product.min_amount_money,
        amount.money,
    ]
    assert_type(amount.value, int)
    if not isinstance(event.data, str) and event.data:
        found.append(event.data.money)
    return [money for money in found if money is not None]
