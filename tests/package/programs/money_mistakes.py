"""Mistakes with money that a type checker must name, each on the line that says so."""

from __future__ import annotations

from decimal import Decimal

from plexy_pay import Money, PlexyPay
from plexy_pay.models import HandlePayout, TransactionWebhookDetails
from plexy_pay.params import SplitRequestBodyParams


def mistakes(
    client: PlexyPay, details: TransactionWebhookDetails, price: Money
) -> None:
    Money(12.5, "KZT")  # mistake: a float
    price * Decimal("0.12")  # mistake: the result may have to be rounded
    price + 100  # mistake: a bare number has no currency
    print(details.money)  # mistake: the unit of a webhook's amount is not known
    client.recurring_payments.create(
        card_token_id="token",
        amount=price,  # mistake: the unit is not known
        currency="KZT",
    )
    HandlePayout(amount=price, currency="KZT")  # mistake: the unit is not known
    split: SplitRequestBodyParams = {"amount": price}  # mistake: the unit is not known
    client.payments.refund("1", amount=12.5)  # mistake: a float
    refund = client.payments.refund("1", amount=price)
    due: Money = refund.money  # mistake: it may be None
    print(split, due)
