"""Card data for the sandbox, encrypted without the package: what is tested must not test itself."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from plexy_pay_sandbox.card_keys import PADDINGS, public_key

NUMBER = "4111111111111111"
YEAR = f"{datetime.now(UTC).year % 100 + 3:02}"


def sealed(
    text: str, padding: AsymmetricPadding | None = None, key: str | None = None
) -> str:
    """One field, encrypted with the key of the sandboxes of this process, or with another one."""
    rsa = load_pem_public_key((key or public_key()).encode())
    assert isinstance(rsa, RSAPublicKey)
    return base64.b64encode(
        rsa.encrypt(text.encode(), padding or PADDINGS["oaep-sha256"])
    ).decode()


def card_data(
    number: str = NUMBER,
    month: str = "07",
    year: str = YEAR,
    cvv: str = "123",
    holder: str = "ALIYA SAMPLE",
    padding: AsymmetricPadding | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """The `cardData` of a payment, as it goes over the wire."""
    fields = {
        "CardNumber": number,
        "ExpiryMonth": month,
        "ExpiryYear": year,
        "Cvv": cvv,
    }
    fields["CardholderName"] = holder
    return {
        f"encrypted{name}": sealed(text, padding, key) for name, text in fields.items()
    }


def card_params(**fields: Any) -> Any:
    """The same as parameters of the client."""
    return {
        "encrypted_card_number": (made := card_data(**fields))["encryptedCardNumber"],
        "encrypted_expiry_month": made["encryptedExpiryMonth"],
        "encrypted_expiry_year": made["encryptedExpiryYear"],
        "encrypted_cvv": made["encryptedCvv"],
        "encrypted_cardholder_name": made["encryptedCardholderName"],
    }
