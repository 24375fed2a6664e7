"""Hide the card data of requests from what the sandbox keeps: the list of requests, and the file with the state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

HIDDEN: Final = "<hidden>"
"""What stands in place of card data."""

#: What v2 takes in clear text, for its test cards; the Pay API takes some of these, encrypted.
_CARD_FIELDS: Final = frozenset(
    {"encryptedCardNumber", "encryptedSecurityCode", "encryptedCvv"}
)
#: Where payers type their cards, and come by with what a bank has posted.
_PAGES: Final = (
    "/pl_",
    "/_sandbox/3ds/",
    "/_sandbox/redirects/",
    "/_sandbox/sessions/",
)


def is_page(path: str) -> bool:
    """Return whether a path is one of a page for payers."""
    return path.startswith(_PAGES)


def without_cards(value: object, deepest: int | None = None) -> object:
    """Return a JSON value without its card data.

    Args:
        value: The value; it is left as it is.
        deepest: How many levels are copied, the others are left out; None copies all.

    Raises:
        RecursionError: if all levels are to be copied, and there are too many.
    """
    if deepest is not None:
        if deepest < 0:
            return None
        deepest -= 1
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, object]", value)
        return {
            name: HIDDEN if name in _CARD_FIELDS else without_cards(member, deepest)
            for name, member in fields.items()
        }
    if isinstance(value, list):
        members = cast("list[object]", value)
        return [without_cards(member, deepest) for member in members]
    return value
