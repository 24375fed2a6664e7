"""Run a scenario with the real client, as a merchant's server does."""

from __future__ import annotations

import base64
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.error import HTTPError

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from plexy_pay import (
    ApiError,
    DeclinedError,
    InferredOperationWarning,
    PlexyPay,
    ShowChallenge,
)

from ..card_keys import PADDINGS
from ..control_calls import ask
from ..payer import answer_challenge
from .pages import on_page
from .results import Result
from .table import Api, Scenario

_NOTIFICATION_URL: Final = "https://shop.example/3ds"  # Nothing is sent there.
_HOLDER: Final = "ALIYA SAMPLE"


@dataclass(frozen=True, slots=True)
class Keys:
    """Hold the keys with which a sandbox is called."""

    pay: str = field(repr=False)
    checkout: str = field(repr=False)


def run(scenario: Scenario, base_url: str, keys: Keys, *, page: bool = False) -> Result:
    """Carry out a scenario at a sandbox that runs.

    Args:
        scenario: The scenario.
        base_url: The address of the sandbox.
        keys: Its keys.
        page: Whether a payer does it on the page of a link or a session, and not a server host to host.

    Raises:
        ValueError: if a payer cannot do it on a page.
        PlexyError: if the sandbox refuses what no scenario is about, such as the key.
    """
    with PlexyPay(
        keys.pay, checkout_api_key=keys.checkout, base_url=base_url
    ) as client:
        if page:
            return on_page(client, scenario, base_url)
        if scenario.api is Api.V2:
            outcome, detail = _v2(client, scenario)
        else:
            outcome, detail = _v1(client, scenario, base_url)
    return Result(outcome, outcome == scenario.expected, detail)


def _v1(client: PlexyPay, scenario: Scenario, base_url: str) -> tuple[str, str]:
    request = {
        "transaction_type": "sale",
        "payment_method": "card",
        "order_details": {"amount": Decimal(scenario.amount), "currency": "KZT"},
        "card_data": _encrypted(client, scenario),
        "three_ds_notification_url": _NOTIFICATION_URL,
    } | dict(scenario.fields or {})
    create: Any = client.direct_payments.create
    try:
        payment = create(**request)
        if request["transaction_type"] == "verification":
            return "verified", f"success={payment.success}"
        if isinstance(payment.next_action, ShowChallenge):
            payment = _challenged(client, payment, scenario, base_url)
    except DeclinedError as error:
        response: Any = error.response
        code = getattr(response, "response_code", None) or "none"
        return "rejected", f"DeclinedError, response code {code}: {response.message}"
    transaction = client.transactions.retrieve(payment.id)
    return str(transaction.status), f"transaction {payment.id}"


def _challenged(
    client: PlexyPay, payment: Any, scenario: Scenario, base_url: str
) -> Any:
    """Answer the bank as the payer does, and finish the payment; the payment itself where no result arrives."""
    posted: dict[str, str] = {}
    try:
        posted = answer_challenge(payment.next_action.form(), scenario.otp)
    except HTTPError as error:
        error.close()
    if "cres" not in posted:
        ask(base_url, "POST", "/_sandbox/advance", {"seconds": scenario.advance})
        return payment
    return client.direct_payments.continue_three_ds(
        transaction_id=payment.id, cres=posted["cres"]
    )


def _encrypted(client: PlexyPay, scenario: Scenario) -> dict[str, str]:
    """Encrypt the card by hand: `plexy_pay.cards` refuses a number whose check digit does not fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InferredOperationWarning)
        pem = client.direct_payments.keys().public_key
    key = load_pem_public_key(str(pem).encode())
    assert isinstance(key, RSAPublicKey)
    texts = {
        "encrypted_card_number": scenario.number,
        "encrypted_expiry_month": "07",
        "encrypted_expiry_year": f"{datetime.now(UTC).year % 100 + 3:02}",
        "encrypted_cvv": scenario.cvv,
        "encrypted_cardholder_name": _HOLDER,
    }
    padding = PADDINGS["oaep-sha256"]
    return {
        name: base64.b64encode(key.encrypt(text.encode(), padding)).decode()
        for name, text in texts.items()
    }


def _v2(client: PlexyPay, scenario: Scenario) -> tuple[str, str]:
    create: Any = client.checkout.payments.create
    method = {
        "type": "scheme",
        "encryptedCardNumber": f"test_{scenario.number}",
        "encryptedSecurityCode": f"test_{scenario.cvv}",
    }
    try:
        payment = create(
            amount={"currency": "KZT", "value": scenario.amount},
            payment_method=method,
            **(scenario.fields or {}),
        )
    except ApiError as error:
        if error.status != 402:
            raise
        return str(error.code), f"{type(error).__name__}: {error.message}"
    return str(payment.result_code), f"resultCode {payment.result_code}"
