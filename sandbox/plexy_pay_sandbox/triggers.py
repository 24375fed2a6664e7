"""Make the real objects behind an event, so that a handler which fetches them finds them.

`webhooks/emit` posts a body that nobody can look up. A trigger pays a link, captures, refunds or orders a payment, and
the event follows as it would at the API, with the events on the way to it.

Stand-in choices:

* No rule of the sandbox leads to `transaction.failed` or `refund.succeeded`. They cannot be triggered, only emitted.
* The end of a settlement order comes a minute after it. Its triggers move the clock ahead by that minute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from .records import Link, Payment
from .refusals import CardDeclined
from .settlement_orders import PAYMENT_DELAY
from .suggestions import meant
from .world import World

_AMOUNT: Final = 2_200_000
_CURRENCY: Final = "KZT"
_IBAN: Final = "KZ86125KZT5004100100"

Made = dict[str, str]
"""The ids of what was made, by what they are of."""


def trigger(world: World, name: str) -> Made:
    """Make what leads to an event.

    Args:
        world: The memory of the sandbox.
        name: The event's name.

    Raises:
        ValueError: if nothing of the sandbox leads to such an event.
    """
    make = _TRIGGERS.get(name)
    if make is None:
        raise ValueError(f"nothing triggers {name!r}{meant(name, _TRIGGERS)}")
    return make(world)


def names() -> list[str]:
    """Return the events that can be triggered."""
    return list(_TRIGGERS)


def _link(world: World) -> Link:
    reference = f"trigger-{world.state.new_id().hex[:12]}"
    return world.state.create_link(
        amount=_AMOUNT,
        currency=_CURRENCY,
        order_reference=reference,
        description="Made by a trigger",
    )


def _ids(payment: Payment) -> Made:
    assert payment.link is not None
    return {
        "payment_link": payment.link.id,
        "order_reference": payment.link.order_reference or "",
        "payment": payment.id,
        "transaction": payment.transaction.id,
    }


def _paid(world: World) -> Made:
    return _ids(world.state.pay_link(_link(world).id))


def _rejected(world: World) -> Made:
    return _ids(world.state.decline_link(_link(world).id))


def _captured(world: World) -> Made:
    made = _paid(world)
    world.state.capture(made["payment"])
    return made


def _cancelled(world: World) -> Made:
    made = _paid(world)
    world.state.cancel(made["payment"])
    return made


def _refunded(world: World) -> Made:
    made = _captured(world)
    refund = world.state.refund(made["payment"])
    return made | {"refund": refund.transaction.id}


def _settlement_order(world: World, iban: str | None) -> Made:
    made = _captured(world)
    beneficiary = world.beneficiaries.create("Made by a trigger", iban)
    order = world.settlement_orders.create(
        {
            "requestId": str(world.state.new_id()),
            "beneficiaryId": beneficiary.id,
            "amount": Decimal(100),
            "currency": _CURRENCY,
        }
    )
    return made | {"beneficiary": beneficiary.id, "settlement_order": order.id}


def _order_created(world: World) -> Made:
    return _settlement_order(world, _IBAN)


def _order_finished(iban: str | None) -> Callable[[World], Made]:
    """Return the trigger of the end of an order: paid with an IBAN, failed without one."""

    def make(world: World) -> Made:
        made = _settlement_order(world, iban)
        world.state.advance(PAYMENT_DELAY)
        return made

    return make


def _checkout_body(world: World, **method: str) -> dict[str, Any]:
    return {
        "amount": {"currency": _CURRENCY, "value": _AMOUNT},
        "reference": f"trigger-{world.state.new_id().hex[:12]}",
        "paymentMethod": {"type": "scheme"} | method,
    }


def _checkout_paid(world: World) -> Made:
    body = _checkout_body(world)
    return {
        "payment": world.checkout.pay(body).reference_id,
        "reference": body["reference"],
    }


def _checkout_declined(world: World) -> Made:
    body = _checkout_body(world, encryptedCardNumber="test_4000000000000002")
    # The payment is declined, which is what its event tells.
    with suppress(CardDeclined):
        world.checkout.pay(body)
    return {"reference": body["reference"]}


def _host_to_host(world: World) -> Made:
    """Pay with the card of an earlier payment, as a merchant's server does."""
    earlier = world.state.pay_link(_link(world).id)
    outcome = world.direct_payments.create(
        {
            "transactionType": "sale",
            "moto": True,
            "cardData": {"tokenId": earlier.card_token_id},
            "orderDetails": {"amount": Decimal(22_000), "currency": _CURRENCY},
        }
    )
    return {"transaction": outcome.id, "earlier_payment": earlier.id}


_TRIGGERS: Final[Mapping[str, Callable[[World], Made]]] = {
    "transaction.created": _paid,
    "transaction.authorized": _paid,
    "transaction.rejected": _rejected,
    "transaction.charged": _captured,
    "transaction.cancelled": _cancelled,
    "transaction.refunded": _refunded,
    "payment_order.created": _order_created,
    "payment_order.paid": _order_finished(_IBAN),
    "payment_order.failed": _order_finished(None),
    "payment.succeeded": _checkout_paid,
    "payment.failed": _checkout_declined,
    "callback-2023": _host_to_host,
}
