"""What a merchant's backend does with the client: it must pass pyright strict and mypy strict as it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from plexy_pay import (
    UNSET,
    AsyncPager,
    AsyncPlexyPay,
    Executed,
    Money,
    NotExecuted,
    NotFoundError,
    OutcomeUnknownError,
    Pager,
    PlexyError,
    PlexyPay,
    Reconciliation,
    Undetermined,
    Unset,
)
from plexy_pay.api.payment_links import create_payment_link
from plexy_pay.models import (
    CreatePaymentLink,
    PaymentLink,
    PaymentLinkStatus,
    Payout,
    Recurring,
    Transaction,
    TransactionList,
)
from plexy_pay.params import CreatePaymentLinkParams


def payment_page(client: PlexyPay, order: str, total: Money) -> str:
    link = client.payment_links.create(
        amount=total,
        order_reference=order,
        expires_at=datetime.now(UTC) + timedelta(hours=2),
        metadata={"success_url": "https://shop.kz/ok", "club_id": 7},
        recurring={"type": "cof_initial"},
        options={"timeout": 10, "max_retries": 0},
    )
    if isinstance(link.url, Unset):
        raise RuntimeError("the API gave no page")
    return link.url


def checkout_client() -> PlexyPay:
    return PlexyPay(checkout_version="2024-01-15")


def is_paid(client: PlexyPay, link_id: str) -> bool:
    try:
        transaction = client.transactions.retrieve_by_payment_link(link_id)
    except NotFoundError as error:
        print(error.outcome, error.request_id, error.code)
        return False
    amount: Decimal | int | Unset = transaction.amount
    print(amount)
    return transaction.status == "charged"


def refund(client: PlexyPay, payment_id: str, amount: Money) -> bool:
    try:
        client.payments.refund(payment_id, amount=amount, description="returned")
    except OutcomeUnknownError as error:
        print(error.cause, error.attempts)
        return False
    return True


def turnover(client: PlexyPay) -> Decimal:
    total = Decimal(0)
    for transaction in client.transactions.list(size=100):
        if transaction.amount is not UNSET and not isinstance(
            transaction.amount, Unset
        ):
            total += transaction.amount
    return total


def lists(client: PlexyPay) -> int:
    transactions: Pager[Transaction, TransactionList] = client.transactions.list(page=2)
    payouts: Pager[Payout, list[Payout]] = client.payouts.list()
    newest: Transaction | None = transactions.first()
    few: list[Payout] = payouts.to_list(limit=3)
    total: int | None = transactions.total()
    for page in transactions.pages():
        print(page.total, newest)
    for payout_page in payouts.pages():
        print(payout_page[0].amount)
    return total or len(few)


async def lists_async(client: AsyncPlexyPay) -> int:
    payouts: AsyncPager[Payout, list[Payout]] = client.payouts.list()
    newest: Payout | None = await payouts.first()
    few: list[Payout] = await payouts.to_list(limit=3)
    total: int | None = await payouts.total()
    print([payout.id async for payout in payouts], newest, total)
    return len(few)


def by_dictionary(client: PlexyPay) -> PaymentLink:
    params: CreatePaymentLinkParams = {
        "amount": 2_200_000,
        "currency": "KZT",
        "description": "Two tickets",
    }
    response = client.with_raw_response.payment_links.create(**params)
    print(
        response.status_code,
        response.headers["content-type"],
        response.elapsed,
        response.request_id,
    )
    return response.parsed


def by_function(client: PlexyPay) -> PaymentLinkStatus | Unset:
    body = CreatePaymentLink(
        amount=2_200_000, currency="KZT", recurring=Recurring(frequency=30)
    )
    return create_payment_link.sync(client=client, body=body).status


async def charge_saved_card(card_token: str) -> None:
    async with AsyncPlexyPay(environment="test", allow_inferred=True) as client:
        payment = await client.recurring_payments.create(
            amount=1099, currency="KZT", card_token_id=card_token
        )
        print(payment.id, payment.status)
        async for link in client.payment_links.list():
            print(link.id)
        raw = await client.with_raw_response.payments.capture(
            "tr_1", amount=Decimal("150.50")
        )
        print(raw.parsed.remaining_balance)
        await client.payments.cancel("tr_2")


def decided(response: Reconciliation) -> bool | None:
    match response:
        case Executed(transaction=transaction, by=by):
            print(by, transaction.status)
            return True
        case NotExecuted():
            return False
        case Undetermined(reason=reason, check=check, retry_after=seconds):
            print(reason, check, 0 if seconds is None else seconds)
            return None


def resolved(client: PlexyPay, payment_id: str) -> bool | None:
    saved: dict[str, str | None] = client.save_call("payments.cancel", id=payment_id)
    try:
        client.payments.cancel(payment_id)
    except OutcomeUnknownError as error:
        return decided(error.reconcile())
    return decided(client.reconcile(saved, min_age=900)) and all(
        map(decided, client.reconcile_all([saved]))
    )


async def resolved_later(
    client: AsyncPlexyPay, error: OutcomeUnknownError
) -> bool | None:
    print(decided(await client.reconcile(error.saved_call)))
    await client.save_call(
        "direct_payments.create", order_reference="ORD-1", amount=Money(1, "KZT")
    )
    return decided(await error.reconcile_async(client))


def error_text(error: PlexyError) -> str:
    return f"{error.operation} {error.method} {error.path} {error.status} {error.order_reference}"
