# plexy-pay runtime, written by hand in runtime/_core/key_mask.py; the generator copies it unchanged.
"""The one mask of API keys: for errors, for what they carry, for logs and for reports of drift.

An API, or something in front of it, may quote the key that it got: as it is, in another case, percent-encoded wholly
or in part, with JSON's escapes, or in base64. Whatever form it has, it becomes ``********``.
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

# The base64 of a shorter key would be found in ordinary words.
_SHORTEST_IN_BASE64 = 8
# JSON may write a backslash before these.
_ESCAPED = '"\\/'
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


class KeyMask:
    """Hides API keys.

    Args:
        keys: The raw keys.
    """

    __slots__ = ("_pattern",)

    def __init__(self, keys: Iterable[str]) -> None:
        forms = [form for key in keys if key for form in _forms(key)]
        longest_first = sorted(set(forms), key=len, reverse=True)
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
                pass  # It is no text after all.
        return self._changed(content, content.decode("latin-1"), "latin-1")

    def data(self, data: Any) -> Any:
        """Return parsed JSON without keys: in its texts, names and numbers; the very same if there is none."""
        result: list[Any] = [data]
        left: list[tuple[Any, Any, Any]] = [(data, result, 0)]
        found = False
        # In a loop, because a response may be nested deeper than Python can call.
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
        """Return a text or bytes without keys, and anything else as it is."""
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
    """The patterns of all forms of a key."""
    written = "".join(map(_character, key))
    if len(key) < _SHORTEST_IN_BASE64:
        return [written]
    return [written, *(_base64(key, before) for before in range(3))]


def _character(character: str) -> str:
    """The pattern of one character: as it is, percent-encoded (also more than once), or as an escape of JSON."""
    codes = {f"{ord(one):02x}" for one in (character.lower(), character.upper())}
    code = "|".join(sorted(codes))
    escaped = r"\\{0,4}" if character in _ESCAPED else ""
    # Limits, because a hostile text must not take long. The longer forms come first: `%25` is one sign, not three.
    forms = [
        rf"%(?:25){{0,4}}(?:{code})",
        rf"\\{{1,4}}u00(?:{code})",
        f"{escaped}{re.escape(character)}",
    ]
    return f"(?:{'|'.join(forms)})"


def _base64(key: str, before: int) -> str:
    """The pattern of the key in base64, where so many bytes, modulo 3, stand before it.

    The characters at both ends hold bits of what stands around it, too: they are left out.
    """
    whole = bytes(before) + key.encode()
    first = (before * 8 + 5) // 6
    text = b64encode(whole).decode()[first : len(whole) * 8 // 6]
    return re.escape(text).replace(r"\+", r"[+\-]").replace("/", r"\\{0,4}[/_]")
