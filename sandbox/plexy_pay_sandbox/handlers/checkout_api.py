"""The v2 API of the checkout. Amounts are in minor units."""

from __future__ import annotations

from typing import Final

from .. import bank, session_pages
from ..checkout_api import CheckoutPayment, Session
from ..checkout_cards import Risk
from ..records import MERCHANT_ID
from ..wire import to_seconds
from .calls import Call, Json, handles, present

_CARD: Final = {"type": "scheme", "brand": "visa"}
_KEPT: Final = (
    "amount",
    "merchantAccount",
    "reference",
    "returnUrl",
    "channel",
    "countryCode",
    "shopperLocale",
    "shopperReference",
    "shopperInteraction",
    "recurringProcessingModel",
    "storePaymentMethodMode",
    "telephoneNumber",
    "billingAddress",
    "deliveryAddress",
    "lineItems",
)


@handles("checkout.payment_methods", "list")
def list_payment_methods(call: Call) -> Json:
    """List payment methods: cards, whatever the amount and the country."""
    call.world.checkout.check_amount(call.request.body.get("amount"))
    return {
        "paymentMethods": [
            {"type": "scheme", "name": "Cards", "brands": ["visa", "mc"]}
        ]
    }


@handles("checkout.payments", "create")
def start_payment(call: Call) -> Json:
    """Start a payment."""
    key = call.request.headers.get("Idempotency-Key")
    return _payment(call.world.checkout.pay(call.request.body, key), call.origin)


@handles("checkout.payments", "submit_details")
def submit_payment_details(call: Call) -> Json:
    """Submit payment details."""
    details: Json = call.request.body.get("details") or {}
    return _payment(call.world.checkout.submit(details), call.origin)


@handles("checkout.sessions", "create")
def create_session(call: Call) -> Json:
    """Create session."""
    session = call.world.checkout.create_session(call.request.body)
    return {
        "id": session.id,
        "sessionData": session.data,
        "expiresAt": to_seconds(session.expires_at),
        "merchantId": MERCHANT_ID,
        "url": session_pages.session_address(call.origin, session.id),
    } | {name: session.request[name] for name in _KEPT if name in session.request}


@handles("checkout.sessions", "retrieve_result")
def retrieve_session_result(call: Call) -> Json:
    """Retrieve the result of a session."""
    session = call.world.checkout.session_result(
        call.request.path["session_id"], call.request.query["sessionResult"]
    )
    return _result(session)


def _payment(payment: CheckoutPayment, origin: str) -> Json:
    shown = present(
        pspReference=payment.reference_id,
        merchantReference=payment.merchant_reference,
        risk=_risk(payment.risk),
    )
    if payment.is_blocked:
        blocked = {
            "resultCode": "Refused",
            "status": "blocked",
            "failure_reason": "rule_blocked",
        }
        return shown | blocked | {"amount": _amount(payment), "paymentMethod": _CARD}
    if payment.redirect is not None:
        url = bank.redirect_address(origin, payment.redirect.id)
        action = {
            "type": "redirect",
            "paymentMethodType": "scheme",
            "method": "GET",
            "url": url,
        }
        return shown | {"action": action}
    return shown | {
        "resultCode": "Authorised",
        "amount": _amount(payment),
        "paymentMethod": _CARD,
    }


def _result(session: Session) -> Json:
    return {
        "id": session.id,
        "status": session.status,
        "reference": session.request["reference"],
        "payments": [
            {
                "pspReference": payment.reference_id,
                "resultCode": "Authorised",
                "amount": _amount(payment),
                "paymentMethod": _CARD,
            }
            for payment in session.payments
        ],
        "additionalData": {},
    }


def _risk(risk: Risk | None) -> Json | None:
    if risk is None:
        return None
    return {"level": risk.level, "score": risk.score, "factors": list(risk.factors)}


def _amount(payment: CheckoutPayment) -> Json:
    return {"currency": payment.currency, "value": payment.value}
