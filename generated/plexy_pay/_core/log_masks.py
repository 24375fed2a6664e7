# plexy-pay runtime, written by hand in runtime/_core/log_masks.py; the generator copies it unchanged.
"""Mask requests and responses in logs, by lists of harmless names and not by lists of secret ones.

A JSON field shows its value only if the API's description declares its name and never marks it sensitive. A header
shows its value only if it is on a short list. Shown text still loses card numbers, e-mail addresses, phone numbers, API
keys, and every value that was hidden in the same call's request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from .encoding import is_array, is_mapping, loads
from .key_mask import KeyMask
from .keys import MASK
from .redaction import without_personal

# A longer text is hidden, a larger body is not read, and of a longer shown body only the beginning is logged.
_LONGEST_TEXT, _LARGEST_BODY, _MOST_SHOWN = 500, 200_000, 10_000
# A shorter hidden value would occur in ordinary words.
_SHORTEST_SECRET = 5
_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "age",
        "allow",
        "cache-control",
        "cf-ray",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "expires",
        "idempotency-key",
        "keep-alive",
        "last-modified",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "request-id",
        "retry-after",
        "server",
        "traceparent",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "x-correlation-id",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-request-id",
    }
)


class Masker:
    """Mask the log records of one call.

    Args:
        keys: The mask of the API keys, which no record may show.
    """

    def __init__(self, keys: KeyMask) -> None:
        self._keys = keys
        self._secrets: set[str] = set()
        self._pattern = re.compile(r"(?!)")
        self._masked: list[Any] = []

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these texts as well, anywhere and in any letter case."""
        self._secrets.update(secrets)
        longest_first = sorted(filter(None, self._secrets), key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(map(re.escape, longest_first)) or r"(?!)", re.IGNORECASE
        )

    def learn(self, headers: Mapping[str, str], body: Any) -> None:
        """Hide from now on every value that is masked in this request, because the response may quote it."""
        self._masked = [
            value for name, value in headers.items() if name.lower() not in _HEADERS
        ]
        # The order reference is not a secret, even if a masked description repeats it.
        shown = set(_texts(self._value(body, None)))
        masked = set(_texts(self._masked)) - shown
        self.hide(text for text in masked if len(text) >= _SHORTEST_SECRET)

    def text(self, text: str) -> str:
        """Return the text on one line, without anything that looks like a secret."""
        if len(text) > _LONGEST_TEXT:
            return f"{MASK} ({len(text)} characters)"
        text = self._pattern.sub(MASK, self._keys.text(text))
        if not text.isprintable():
            text = "".join(char if char.isprintable() else "\ufffd" for char in text)
        return without_personal(text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers, with the values of the harmless ones only."""
        return {
            self.text(name): self.text(value) if name.lower() in _HEADERS else MASK
            for name, value in headers.items()
        }

    def body(self, content: bytes) -> str:
        """Return a JSON body, masked. A body that is not JSON or too large shows only its length."""
        if not content:
            return ""
        shown = MASK
        if len(content) <= _LARGEST_BODY:
            with suppress(ValueError, RecursionError):
                shown = _written(self._value(loads(content), None))
        if shown == MASK or len(shown) > _MOST_SHOWN:
            return f"{shown[:_MOST_SHOWN]} ({len(content)} bytes)"
        return shown

    def object(
        self, fields: Mapping[str, Any], declared: frozenset[str] | None = None
    ) -> dict[str, Any]:
        """Return a JSON object, or the parameters of a path or query, masked. Only declared fields show their names."""
        from .._log_allowlist import NAMES

        declared = NAMES if declared is None else declared
        shown: dict[str, Any] = {}
        for name, value in fields.items():
            key = str(name).lower().replace("_", "").replace("-", "")
            known = key in declared
            # An undeclared name may be a secret itself.
            shown[name if known else "(undeclared)"] = self._value(
                value, key if known else ""
            )
        return shown

    def _value(self, value: Any, key: str | None) -> Any:
        """Return the value of a field, masked.

        Args:
            value: The value.
            key: The normalised name; None for the outermost value, empty for an undeclared field.
        """
        from .._log_allowlist import HIDDEN, MAPS, NAMES, OBJECTS, VALUES

        if value is None:
            return None
        if is_array(value) and (key is None or (key in NAMES and key not in HIDDEN)):
            return [self._value(item, key) for item in value]
        if is_mapping(value) and (key is None or key in OBJECTS or key in MAPS):
            return self.object(value, MAPS.get(key or ""))
        if key not in VALUES or is_mapping(value):
            self._masked.append(value)
            return MASK
        shown = self.text(str(value))
        return value if shown == str(value) else shown


def _texts(value: Any) -> Iterator[str]:
    """Yield all strings in a value."""
    if isinstance(value, str):
        yield value
    elif is_mapping(value):
        for item in value.values():
            yield from _texts(item)
    elif is_array(value):
        for item in value:
            yield from _texts(item)


def _written(value: Any) -> str:
    """Return JSON text without escapes for letters, and with the exact digits of numbers."""
    if is_mapping(value):
        members = [
            f"{_written(name)}: {_written(item)}" for name, item in value.items()
        ]
        return "{" + ", ".join(members) + "}"
    if is_array(value):
        return "[" + ", ".join(map(_written, value)) + "]"
    plain = value is None or isinstance(value, (str, bool))
    return json.dumps(value, ensure_ascii=False) if plain else str(value)
