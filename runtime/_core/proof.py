# plexy-pay runtime, written by hand in runtime/_core/proof.py; the generator copies it unchanged.
"""What a response proves of its call: that it was refused, that it was carried out, or neither.

Nobody may pay again because of a response that proves nothing: what is not listed here as a proof is none.
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

# By their meaning in HTTP these say that the server did not do what was asked. All others of the 4xx say less: 406 and
# 412 can come after it was done, 409 may speak of an earlier arrival that was, 424 of another server that failed.
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
# These come from something in between, whatever is documented: 408, 444, 460 and 499 say that a connection was given
# up, on either side of it, while the request may have gone on. 425 says that a copy of the request was refused which
# something sent early; this client sends nothing early, so it says nothing of the request itself.
INTERRUPTED = frozenset({408, 425, 444, 460, 499})

# A body that says no in other words than `false`.
_NO_WORDS = frozenset({"false", "no", "0"})


def refuses(status: int, operation: Operation) -> bool:
    """Return whether the status proves that the call was not carried out: by HTTP, or by the API's own description."""
    return status in REFUSALS or (
        status in operation.refusals and status not in INTERRUPTED
    )


class Success(Enum):
    """What the body of a success says of the call."""

    DONE = auto()
    DECLINED = auto()
    UNCLEAR = auto()


def success_of(data: Any, operation: Operation) -> Success:
    """Return what a body says of its call by `success`.

    Only `true` says that money moved, wherever the API says by `success` whether it did. A call that only reads is
    done, whatever it reads; of one that moves no money, only `false` is a decline.
    """
    value = data.get("success", UNSET) if is_object(data) else UNSET
    if operation.method == "GET" or value is True:
        return Success.DONE
    if value is False or (operation.moves_money and _is_no(value)):
        return Success.DECLINED
    expected = operation.says_success or value is not UNSET
    return Success.UNCLEAR if operation.moves_money and expected else Success.DONE


def seen_success(data: Any) -> str:
    """Return in words, without its value, what stands in the place of `success`."""
    value = data.get("success", UNSET) if is_object(data) else UNSET
    return "missing" if value is UNSET else kind_of(value)


def _is_no(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in _NO_WORDS
    return isinstance(value, (int, Decimal)) and value == 0
