# plexy-pay runtime, written by hand in runtime/_core/library_logs.py; the generator copies it unchanged.
"""Filters on the loggers of the HTTP libraries, so that none of them writes a key down.

The libraries log responses, which may quote a key. The one that packs the headers of HTTP/2 logs them one by one, and
as the bytes that leave, from which anyone can read the key again. Only records of a call of this client that is under
way are changed, and headers that such a call left behind in the table of a connection.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

from .guard import CURRENT
from .keys import MASK

_PARTS = ("connection", "http11", "http2", "proxy", "socks")
_QUOTING = (
    *("httpx", *(f"httpcore.{part}" for part in _PARTS)),
    *("httpx2", *(f"httpcore2.{part}" for part in _PARTS)),
)
_PACKING = ("hpack.hpack", "hpack.table")


class _KeyFilter(logging.Filter):
    """Masks the key of the call under way."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without the key."""
        exchange = CURRENT.get()
        if exchange is not None:
            key, text = exchange.step.key.raw, record.getMessage()
            # As it is, as bytes show themselves, and as a URL has it.
            forms = map(re.escape, {key, repr(key)[1:-1], quote(key, safe="")})
            masked = re.sub("|".join(forms), MASK, text, flags=re.IGNORECASE)
            if masked != text:
                record.msg, record.args = masked, ()
        return True


class _HeaderFilter(logging.Filter):
    """Stops what is logged of the headers of a call, and masks values that leave the table of a connection later."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record pass only if no call is under way."""
        if CURRENT.get() is not None:
            return False
        if record.name == "hpack.table" and isinstance(record.args, tuple):
            # A header: its name, then its value. Nobody can tell whose it was.
            values = [
                MASK if isinstance(one, bytes) else one for one in record.args[1:]
            ]
            record.args = (*record.args[:1], *values)
        return True


_keys, _headers = _KeyFilter(), _HeaderFilter()


def watch() -> None:
    """Put the filters on; they are there once, however often this is called."""
    for name in _QUOTING:
        logging.getLogger(name).addFilter(_keys)
    for name in _PACKING:
        logging.getLogger(name).addFilter(_headers)
