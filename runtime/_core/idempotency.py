# plexy-pay runtime, written by hand in runtime/_core/idempotency.py; the generator copies it unchanged.
"""Which values are idempotency keys: text that a person can see.

A key that is blank, or that differs from another one in what nobody can see, does not tell two orders apart: the API
may take it for no key at all, and then each repetition of the call is an order of its own.
"""

from __future__ import annotations

import re

from ..errors import InvalidParameterError
from .encoding import is_uuid

# What `str.isprintable` lets through though it has no shape: fillers, blanks, variation selectors, joiners.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u2d7f\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_ADVICE = "Nothing was sent. Pass a text of your own that names this one order, and keep it before you call."


def idempotency_key(value: object, owner: str) -> str:
    """Return the key as text; a UUID is one, and blanks may stand between visible characters.

    Args:
        value: What was given as the key.
        owner: The call that it is for, for the error.

    Raises:
        InvalidParameterError: if it is no text, or has nothing to see, at an end or within it.
    """
    if is_uuid(value):
        return str(value)
    problem = _problem(value)
    if problem or not isinstance(value, str):
        raise InvalidParameterError(
            f"{owner}: the idempotency key {problem}. {_ADVICE}"
        )
    # A member of an enumeration is text, whatever its class makes of str().
    return str.__str__(value)


def _problem(value: object) -> str | None:
    if not isinstance(value, str):
        return f"is of type {type(value).__name__}, not text"
    if not value.strip():
        return "is blank"
    if value != value.strip():
        return "begins or ends with white space"
    if not value.isprintable() or _SHAPELESS.search(value):
        return "has characters that nobody can see"
    return None
