# plexy-pay runtime, written by hand in runtime/_core/proof.py; the generator copies it unchanged.
"""Decide what a response proves about its call: that it was refused, that it was carried out, or neither.

A response that proves nothing must not lead to a second payment. So only the proofs listed here count.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from .decoding import kind_of
from .encoding import is_object
from .types import UNSET

if TYPE_CHECKING:
    from .operation import Operation

# HTTP defines these statuses as refusals: the server did not carry out the request. The other 4xx statuses prove less:
# 406 and 412 can follow a request that was carried out, 409 may refer to an earlier arrival that was carried out, and
# 424 reports the failure of another server.
REFUSALS = frozenset(
    {
        400,
        401,
        402,
        403,
        404,
        405,
        410,
        411,
        413,
        414,
        415,
        417,
        421,
        422,
        426,
        428,
        429,
        431,
        451,
    }
)
# An intermediary sends these, whatever the API documents. 408, 444, 460 and 499 report that one side gave up the
# connection; the request may still have gone on. 425 refuses a copy of the request that was sent as TLS early data.
# This client sends no early data, so 425 proves nothing about the request itself.
INTERRUPTED = frozenset({408, 425, 444, 460, 499})

# Texts that refuse in other words than the JSON value `false`.
_NO_WORDS = frozenset({"false", "no", "0"})


def refuses(status: int, operation: Operation) -> bool:
    """Return whether the status proves, by HTTP or by the API's description, that the call was not carried out."""
    return status in REFUSALS or (
        status in operation.refusals and status not in INTERRUPTED
    )


class Success(Enum):
    """Represent what the body of a successful response says about the call."""

    DONE = auto()
    DECLINED = auto()
    UNCLEAR = auto()


def success_of(data: Any, operation: Operation) -> Success:
    """Return what `success` in a body says about the call.

    Where the API reports by `success` whether money moved, only `true` says that it did. A call that only reads is
    always done. A call that moves no money is declined only by `false`.
    """
    value = data.get("success", UNSET) if is_object(data) else UNSET
    if operation.method == "GET" or value is True:
        return Success.DONE
    if value is False or (operation.moves_money and _is_no(value)):
        return Success.DECLINED
    expected = operation.says_success or value is not UNSET
    return Success.UNCLEAR if operation.moves_money and expected else Success.DONE


def seen_success(data: Any) -> str:
    """Return the kind of value that the body has for `success`, such as `missing`; never the value itself."""
    value = data.get("success", UNSET) if is_object(data) else UNSET
    return "missing" if value is UNSET else kind_of(value)


def _is_no(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in _NO_WORDS
    return isinstance(value, (int, Decimal)) and value == 0
