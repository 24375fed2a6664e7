"""The messages of 3-D Secure between a merchant, the payer's browser and the bank.

Documented (2023): `creq`, `cres` and `threeDSSessionData`, and `transStatus` with its letters. The sandbox fills them
with the few fields that it reads itself.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final, cast

from . import wire
from .refusals import NotAllowed

AUTHENTICATED: Final = frozenset({"Y", "A"})
"""The results with which a payment goes on."""

_RESULTS: Final = frozenset({"Y", "N", "U", "A", "R"})
_SOURCE: Final = "payments"
_ERROR: Final = "Erro"
"""The `messageType` of an error message of EMV 3-D Secure."""


def cres_of(trans_status: str, transaction_id: str | None = None) -> str:
    """Return what a bank posts as the result of a challenge: `Y` for a payer who confirmed, `N` for one who did not.

    Args:
        trans_status: The result.
        transaction_id: The payment that it is about; without it, it fits every one.
    """
    about = {} if transaction_id is None else {"threeDSServerTransID": transaction_id}
    return _encode({"messageType": "CRes", "transStatus": trans_status} | about)


def error_of(transaction_id: str) -> str:
    """Return what a bank posts that could not make a challenge."""
    return _encode(
        {
            "messageType": _ERROR,
            "errorCode": "402",
            "threeDSServerTransID": transaction_id,
        }
    )


def creq_of(transaction_id: str) -> str:
    """Return the request for a challenge, as the payer's browser posts it to the bank."""
    return _encode({"messageType": "CReq", "threeDSServerTransID": transaction_id})


def session_data_of(transaction_id: str) -> str:
    """Return what the bank sends back beside `cres`, as in the sample of the documentation."""
    return _encode({"transactionId": transaction_id})


def transaction_of(session_data: str) -> str:
    """Return the transaction that session data are of.

    Raises:
        NotAllowed: if they cannot be read.
    """
    transaction_id = _decode(session_data, "threeDSSessionData").get("transactionId")
    if not isinstance(transaction_id, str):
        raise NotAllowed("threeDSSessionData names no transaction", _SOURCE)
    return transaction_id


def trans_status_of(cres: str, transaction_id: str) -> str:
    """Return the result that a bank has posted about a payment.

    Raises:
        NotAllowed: if it cannot be read, or is about another payment.
    """
    message = _decode(cres, "cres")
    if message.get("threeDSServerTransID", transaction_id) != transaction_id:
        raise NotAllowed("cres is about another payment", _SOURCE)
    # An error message means that the payer could not be authenticated.
    status = "U" if message.get("messageType") == _ERROR else message.get("transStatus")
    if not isinstance(status, str) or status not in _RESULTS:
        raise NotAllowed("cres has no transStatus", _SOURCE)
    return status


def _encode(value: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(wire.dumps(value)).decode().rstrip("=")


def _decode(text: str, name: str) -> Mapping[str, object]:
    padded = text + "=" * (-len(text) % 4)
    try:
        read = wire.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        raise NotAllowed(f"{name} is not base64url of a JSON object", _SOURCE) from None
    return cast("dict[str, object]", read) if isinstance(read, dict) else {}
