# plexy-pay runtime, written by hand in runtime/_core/paths.py; the generator copies it unchanged.
"""Which values may stand in a path: none that would reach another one.

Every value is percent-encoded whole. But a proxy may decode what it passes on, and takes the steps that it then sees:
behind such a one, the id `../payment-links` is a call of another operation.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_SLASH = re.compile(r"[/\\]")
# One or two dots between slashes, also where something behind them is cut off, and within white space.
_STEP = re.compile(r"(?:\A|[/\\])\s*\.{1,2}\s*(?:[/\\;?#\0]|\Z)")
# No chain of proxies decodes as often as this.
_MOST_DECODINGS = 5


def path_problem(text: str, *, is_id: bool) -> str | None:
    """Return what is wrong with a value for a path, however often it may be decoded on its way; None if nothing is.

    Args:
        text: The value, not yet encoded.
        is_id: Whether it is an id of the API, which has no slash, and not a text of the caller's own.
    """
    if not text:
        return "is empty"
    for _ in range(_MOST_DECODINGS):
        if _STEP.search(text):
            return "has a step, one dot or two, in it"
        if is_id and _SLASH.search(text):
            return "has a slash or a backslash in it"
        decoded = unquote(text)
        if decoded == text:
            return None
        text = decoded
    return "is percent-encoded again and again"
