# plexy-pay runtime, written by hand in runtime/_core/paths.py; the generator copies it unchanged.
"""Decide which values may stand in a path: only those that cannot lead to another path.

The client percent-encodes every value whole. But a proxy may decode a path before it passes it on, and then follow the
dot segments in it. Behind such a proxy, the id `../payment-links` would call another operation.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_SLASH = re.compile(r"[/\\]")
# A dot segment: one or two dots between slashes, also with white space around them, or before a character at which
# some servers cut the path off.
_STEP = re.compile(r"(?:\A|[/\\])\s*\.{1,2}\s*(?:[/\\;?#\0]|\Z)")
# No chain of proxies decodes a path this many times.
_MOST_DECODINGS = 5


def path_problem(text: str, *, is_id: bool) -> str | None:
    """Return the problem of a value for a path, even after proxies have decoded it several times; None if it is safe.

    Args:
        text: The value before it is encoded.
        is_id: Whether the value is an id of the API, which never has a slash, rather than the caller's own text.
    """
    if not text:
        return "is empty"
    for _ in range(_MOST_DECODINGS):
        if _STEP.search(text):
            return "has a segment of one or two dots in it"
        if is_id and _SLASH.search(text):
            return "has a slash or a backslash in it"
        decoded = unquote(text)
        if decoded == text:
            return None
        text = decoded
    return "is percent-encoded again and again"
