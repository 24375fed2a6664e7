# plexy-pay runtime, written by hand in runtime/_core/log_masks.py; the generator copies it unchanged.
"""What a log may show of a request or a response: by lists of what is harmless, not of what is secret.

A field of JSON shows its value only if the API's description declares its name and marks it sensitive nowhere, a
header only if it is one of a few. What is shown still loses card numbers, e-mail addresses, phone numbers, the API
keys, and every value that was hidden in the call's own request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .encoding import is_array, is_mapping, loads
from .key_mask import KeyMask
from .keys import MASK
from .redaction import without_personal

# Limits: a longer text is hidden, a larger body is not read, and of what is shown only the beginning is.
_LONGEST_TEXT, _LARGEST_BODY, _MOST_SHOWN = 500, 200_000, 10_000
# A shorter value that was hidden would be found in ordinary words.
_SHORTEST_SECRET = 5
_HEADERS = frozenset(
    {
        *(
            "accept",
            "accept-encoding",
            "age",
            "allow",
            "cache-control",
            "cf-ray",
            "connection",
            "content-encoding",
        ),
        *(
            "content-language",
            "content-length",
            "content-type",
            "date",
            "expires",
            "idempotency-key",
            "keep-alive",
        ),
        *(
            "last-modified",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "request-id",
            "retry-after",
        ),
        *(
            "server",
            "traceparent",
            "transfer-encoding",
            "user-agent",
            "vary",
            "via",
            "x-correlation-id",
        ),
        *(
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-request-id",
        ),
    }
)


class Masker:
    """Masks what is logged of one call.

    Args:
        keys: The mask of the API keys, which must show nowhere.
    """

    def __init__(self, keys: KeyMask) -> None:
        self._keys = keys
        self._secrets: set[str] = set()
        self._pattern = re.compile(r"(?!)")
        self._masked: list[Any] = []

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these texts too, wherever they are, in any case."""
        self._secrets.update(secrets)
        longest_first = sorted(filter(None, self._secrets), key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(map(re.escape, longest_first)) or r"(?!)", re.IGNORECASE
        )

    def learn(self, headers: Mapping[str, str], body: Any) -> None:
        """Hide from now on what is masked in this request: its response may quote it in a message."""
        self._masked = [
            value for name, value in headers.items() if name.lower() not in _HEADERS
        ]
        # A description that is the order's reference does not make a secret of that.
        shown = set(_texts(self._value(body, None)))
        masked = set(_texts(self._masked)) - shown
        self.hide(text for text in masked if len(text) >= _SHORTEST_SECRET)

    def text(self, text: str) -> str:
        """The text on one line, without anything that looks like a secret."""
        if len(text) > _LONGEST_TEXT:
            return f"{MASK} ({len(text)} characters)"
        text = self._pattern.sub(MASK, self._keys.text(text))
        if not text.isprintable():
            text = "".join(char if char.isprintable() else "\ufffd" for char in text)
        return without_personal(text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers; the values of the harmless ones only."""
        return {
            self.text(name): self.text(value) if name.lower() in _HEADERS else MASK
            for name, value in headers.items()
        }

    def body(self, content: bytes) -> str:
        """A body of JSON; of what is not JSON, or too large, only the length."""
        if not content:
            return ""
        try:
            shown = (
                _written(self._value(loads(content), None))
                if len(content) <= _LARGEST_BODY
                else MASK
            )
        except (ValueError, RecursionError):
            shown = MASK
        if shown == MASK or len(shown) > _MOST_SHOWN:
            return f"{shown[:_MOST_SHOWN]} ({len(content)} bytes)"
        return shown

    def object(
        self, fields: Mapping[str, Any], declared: frozenset[str] | None = None
    ) -> dict[str, Any]:
        """An object of JSON, or the parameters of a path or query; only declared fields where any may come."""
        from .._log_allowlist import NAMES

        declared = NAMES if declared is None else declared
        shown: dict[str, Any] = {}
        for name, value in fields.items():
            key = str(name).lower().replace("_", "").replace("-", "")
            known = key in declared
            # A name that nobody declared may be a secret itself.
            shown[name if known else "(undeclared)"] = self._value(
                value, key if known else ""
            )
        return shown

    def _value(self, value: Any, key: str | None) -> Any:
        """The value of a field; the key is None for the outermost value, and "" for a field not declared."""
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
    """All strings in a value."""
    if isinstance(value, str):
        yield value
    elif is_mapping(value) or is_array(value):
        for item in value.values() if is_mapping(value) else value:
            yield from _texts(item)


def _written(value: Any) -> str:
    """JSON in its own letters, with numbers of exactly their digits."""
    if is_mapping(value):
        return (
            "{"
            + ", ".join(
                f"{_written(name)}: {_written(item)}" for name, item in value.items()
            )
            + "}"
        )
    if is_array(value):
        return "[" + ", ".join(map(_written, value)) + "]"
    plain = value is None or isinstance(value, (str, bool))
    return json.dumps(value, ensure_ascii=False) if plain else str(value)
