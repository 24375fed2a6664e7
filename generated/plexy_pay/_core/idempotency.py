# plexy-pay runtime, written by hand in runtime/_core/idempotency.py; the generator copies it unchanged.
"""Decide which values are idempotency keys: only text with visible characters.

A blank key, or a key that differs from another one only in invisible characters, does not distinguish two orders. The
API may treat it as no key, and then each repetition of the call creates a new order.
"""

from __future__ import annotations

import re

from ..errors import InvalidParameterError
from .encoding import is_uuid

# Characters without a shape that `str.isprintable` accepts: fillers, blanks, variation selectors, joiners.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u2d7f\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_ADVICE = "Nothing was sent. Pass a text of your own that identifies this one order, and save it before you call."


def idempotency_key(value: object, owner: str) -> str:
    """Return the key as text. A UUID is accepted, and blanks may stand between visible characters.

    Args:
        value: The value that the caller passed as the key.
        owner: The call, for the error message.

    Raises:
        InvalidParameterError: if the value is not text, is blank, begins or ends with white space, or has invisible
            characters.
    """
    if is_uuid(value):
        return str(value)
    problem = _problem(value)
    if problem or not isinstance(value, str):
        raise InvalidParameterError(
            f"{owner}: the idempotency key {problem}. {_ADVICE}"
        )
    # A member of an enumeration is text, but its class may override str().
    return str.__str__(value)


def _problem(value: object) -> str | None:
    if not isinstance(value, str):
        return f"is of type {type(value).__name__}, not text"
    if not value.strip():
        return "is blank"
    if value != value.strip():
        return "begins or ends with white space"
    if not value.isprintable() or _SHAPELESS.search(value):
        return "has invisible characters"
    return None
