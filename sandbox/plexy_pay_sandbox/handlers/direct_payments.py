"""Host-to-host payments, and the key for their card data. Amounts are in major units."""

from __future__ import annotations

from .. import bank
from ..card_keys import public_key
from ..card_payments import UNASKED, Outcome
from ..three_ds import creq_of, session_data_of
from .calls import Call, Json, card_fields, handles, present

_CVV_TEXTS = {"M": "match", "N": "no match"}


@handles("direct_payments", "keys")
def get_keys(call: Call) -> Json:
    """Get Keys."""
    return {"publicKey": public_key()}


@handles("direct_payments", "create")
def create_host_to_host_payment(call: Call) -> Json:
    """Create Host-to-Host Payment."""
    outcome = call.world.direct_payments.create(call.request.body)
    return _outcome(outcome, call.origin) | {
        "paymentMethod": call.request.body["paymentMethod"]
    }


@handles("direct_payments", "continue_three_ds")
def continue_three_ds(call: Call) -> Json:
    """Continue 3-D Secure."""
    body = call.request.body
    outcome = call.world.direct_payments.continue_three_ds(
        body["transactionId"], body["cres"]
    )
    return _outcome(outcome, call.origin) | {"paymentMethod": "card"}


def _outcome(outcome: Outcome, origin: str) -> Json:
    reference = (
        outcome.payment.transaction.reference_number if outcome.payment else None
    )
    approved = reference is not None and outcome.response_code == "00"
    return card_fields(outcome.card) | present(
        id=outcome.id,
        orderReference=outcome.order_reference,
        amount=outcome.amount,
        currency=outcome.currency,
        success=outcome.success,
        # The sample of a payment that waits for its payer says `true`, too.
        captured=outcome.success,
        message=outcome.message,
        code=outcome.code,
        threeDS=_three_ds(outcome, origin),
        action=outcome.action,
        cardTokenId=outcome.card_token_id,
        cardholderName=outcome.card.holder,
        cvvStatus=outcome.cvv_status,
        cvvStatusDecoded=_CVV_TEXTS.get(outcome.cvv_status or ""),
        networkTransactionReference=f"{reference}A" if approved else None,
        responseCode=outcome.response_code,
        authCode=reference[-6:] if approved and reference else None,
    )


def _three_ds(outcome: Outcome, origin: str) -> Json | None:
    if outcome.waits:
        action, creq = bank.challenge_address(origin, outcome.id), creq_of(outcome.id)
        session_data = session_data_of(outcome.id)
        return {
            "html": bank.sending_page(action, creq, session_data),
            "status": "C",
            "type": "challengeflow",
            "creq": creq,
            "threeDSSessionData": session_data,
            "action": action,
        }
    if outcome.three_ds_status is None:
        return None
    return present(
        status=outcome.three_ds_status,
        statusReason=outcome.three_ds_reason,
        type="frictionless" if outcome.card.bank in UNASKED else None,
        electronicCommerceIndicator="05" if outcome.success else "07",
        directoryTransactionId=outcome.id,
    )
