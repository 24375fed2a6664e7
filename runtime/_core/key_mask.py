# plexy-pay runtime, written by hand in runtime/_core/key_mask.py; the generator copies it unchanged.
"""Mask API keys in errors, in their attributes, in logs and in drift reports.

The API or a proxy may quote the key that it received: verbatim, in another case, percent-encoded in whole or in part,
with JSON escapes, or in base64. The mask replaces every form with ``********``.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .encoding import is_array, is_mapping
from .keys import MASK
from .types import Headers

# The base64 of a shorter key would occur in ordinary words.
_SHORTEST_IN_BASE64 = 8
# JSON may put a backslash before these characters.
_ESCAPED = '"\\/'
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


class KeyMask:
    """Hide API keys.

    Args:
        keys: The raw keys.
    """

    __slots__ = ("_pattern",)

    def __init__(self, keys: Iterable[str]) -> None:
        forms: set[str] = set()
        for key in keys:
            if key:
                forms.update(_forms(key))
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(longest_first) or r"(?!)", re.IGNORECASE)

    def text(self, text: str) -> str:
        """Return the text without keys."""
        return self._pattern.sub(MASK, text)

    def content(self, content: bytes) -> bytes:
        """Return the bytes of a body without keys."""
        encoding = json.detect_encoding(content)
        if encoding in _WIDE:
            try:
                text = content.decode(encoding, "surrogatepass")
                return self._changed(content, text, encoding)
            except UnicodeError:
                pass  # The bytes are not text after all.
        return self._changed(content, content.decode("latin-1"), "latin-1")

    def data(self, data: Any) -> Any:
        """Return parsed JSON without keys in its texts, names and numbers; the same object if it holds no key."""
        result: list[Any] = [data]
        left: list[tuple[Any, Any, Any]] = [(data, result, 0)]
        found = False
        # A loop, because a response may be nested deeper than Python can call.
        while left:
            value, holder, place = left.pop()
            if is_mapping(value):
                made: dict[str, Any] = {}
                holder[place] = made
                for name, item in value.items():
                    masked = self.text(str(name))
                    found = found or masked != name
                    made[masked] = item
                    left.append((item, made, masked))
            elif is_array(value):
                holder[place] = listed = list(value)
                left.extend(
                    (item, listed, position) for position, item in enumerate(value)
                )
            else:
                holder[place] = self._plain(value)
                found = found or holder[place] is not value
        return result[0] if found else data

    def headers(self, headers: Mapping[str, str]) -> Headers:
        """Return the headers without keys."""
        return Headers(
            (self.text(name), self.text(value)) for name, value in headers.items()
        )

    def fact(self, fact: Any) -> Any:
        """Return text or bytes without keys, and any other value unchanged."""
        if type(fact) is str:
            return self.text(fact)
        return self.content(fact) if type(fact) is bytes else fact

    def _plain(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return self.content(value)
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        if not is_number and not isinstance(value, str):
            return value
        text = str(value)
        masked = self.text(text)
        return value if masked == text else masked

    def _changed(self, content: bytes, text: str, encoding: str) -> bytes:
        masked = self.text(text)
        return content if masked == text else masked.encode(encoding, "surrogatepass")


def _forms(key: str) -> list[str]:
    """Return the patterns of all forms of a key."""
    forms = ["".join(map(_character, key))]
    if len(key) >= _SHORTEST_IN_BASE64:
        forms += [_base64(key, before) for before in range(3)]
    return forms


def _character(character: str) -> str:
    """Return the pattern of one character: verbatim, percent-encoded (also repeatedly), or as a JSON escape."""
    codes = {f"{ord(one):02x}" for one in (character.lower(), character.upper())}
    code = "|".join(sorted(codes))
    escaped = r"\\{0,4}" if character in _ESCAPED else ""
    # The limits keep the search fast in hostile text. Longer forms come first: `%25` is one character, not three.
    forms = [
        rf"%(?:25){{0,4}}(?:{code})",
        rf"\\{{1,4}}u00(?:{code})",
        f"{escaped}{re.escape(character)}",
    ]
    return f"(?:{'|'.join(forms)})"


def _base64(key: str, before: int) -> str:
    """Return the pattern of the key inside base64 text.

    The characters at both ends also hold bits of the surrounding bytes, so the pattern leaves them out.

    Args:
        key: The key.
        before: The number of bytes before the key, modulo 3.
    """
    whole = bytes(before) + key.encode()
    first = (before * 8 + 5) // 6
    text = b64encode(whole).decode()[first : len(whole) * 8 // 6]
    return re.escape(text).replace(r"\+", r"[+\-]").replace("/", r"\\{0,4}[/_]")
