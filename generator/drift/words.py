"""Decide what may be written to `spec/`: names, types and words of enumerations, and never a recorded value.

A log or an export can hold personal data where nobody expects it, so a name is written only if it looks like one.
"""

from __future__ import annotations

import re

from ..model.api import EVIDENCE

_LONG_NUMBER = re.compile(r"[0-9]{4}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,47}", re.ASCII)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9_.~-]+|\{[A-Za-z_][A-Za-z0-9_]*\}))+", re.ASCII)
_HEX = re.compile(r"(?=[0-9a-fA-F-]*[0-9])[0-9a-fA-F-]{8,}")
_AMOUNT = re.compile(
    r"(?:amount|balance)|.*(?:[a-z0-9](?:Amount|Balance)|_(?:amount|balance))"
)
_PRIVATE = re.compile(
    r"e-?mail|phone|msisdn|mobile|(?:first|last|full|middle|holder|sur)[_-]?name|^name$|address|street|zip|postal"
    r"|(?:^|[_-])ip$|Ip$|ipAddress|card|pan$|mask|last4|cvv|cvc|token|secret|password|iban|account|birth|passport|iin"
    r"|document|(?:^|_)bin$|geo|latitude|longitude|signature|encrypted|owner|payer|recipient|beneficiary",
    re.IGNORECASE,
)


def is_name(text: str) -> bool:
    """Return whether a text looks like the name of a field, and not like a key that is made of data."""
    return (
        bool(_NAME.fullmatch(text))
        and not _LONG_NUMBER.search(text)
        and not _HEX.fullmatch(text)
    )


def is_header(text: str) -> bool:
    """Return whether a text looks like the name of a header."""
    return bool(_HEADER.fullmatch(text)) and not _LONG_NUMBER.search(text)


def is_word(value: object) -> bool:
    """Return whether a value looks like a word of an enumeration: `authorized`, `STATUS_PAID`, `3ds-required`, `05`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 1000
    return (
        isinstance(value, str)
        and bool(_WORD.fullmatch(value))
        and not _LONG_NUMBER.search(value)
        and not _HEX.fullmatch(value)
    )


def is_schema_key(text: str) -> bool:
    """Return whether a text can be the name of a schema."""
    return bool(_KEY.fullmatch(text)) and not re.search(r"[0-9]{6}", text)


def is_path(text: str) -> bool:
    """Return whether a text is the template of a path, and not one that somebody called."""
    parts = text.split("/")[1:]
    return bool(_PATH.fullmatch(text)) and not any(
        _HEX.fullmatch(part) or (_LONG_NUMBER.search(part) and "{" not in part)
        for part in parts
    )


def is_amount(name: str) -> bool:
    """Return whether a property of this name is money, so that it must have a unit."""
    return bool(_AMOUNT.fullmatch(name))


def looks_private(name: str) -> bool:
    """Return whether a property of this name probably holds personal data or card data."""
    return bool(_PRIVATE.search(name))


def is_better(word: str, than: str) -> bool:
    """Return whether one word for evidence is stronger than another."""
    ranks: tuple[str, ...] = EVIDENCE
    return word in ranks and (
        than not in ranks or ranks.index(word) < ranks.index(than)
    )
