# plexy-pay runtime, written by hand in runtime/_core/library_logs.py; the generator copies it unchanged.
"""Filter the loggers of the HTTP libraries, so that none of them logs a key.

The libraries log responses, which may quote a key. The library that packs HTTP/2 headers logs each header, and also the
packed bytes, from which anyone can restore the key. The filters change only records that are made during a call of this
client, and records of headers that such a call left in the table of a connection.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import quote

from .guard import CURRENT
from .keys import MASK

_PARTS = ("connection", "http11", "http2", "proxy", "socks")
# The loggers that quote responses: these two, and one for each part of httpcore and httpcore2.
_QUOTING = ("httpx", "httpx2")
# The loggers that show packed headers.
_PACKING = ("hpack.hpack", "hpack.table")


class _KeyFilter(logging.Filter):
    """Mask the key of the current call."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass every record, without the key."""
        exchange = CURRENT.get()
        if exchange is not None:
            key, text = exchange.step.key.raw, record.getMessage()
            # The key verbatim, as in the repr of bytes, and as in a URL.
            forms = map(re.escape, {key, repr(key)[1:-1], quote(key, safe="")})
            masked = re.sub("|".join(forms), MASK, text, flags=re.IGNORECASE)
            if masked != text:
                record.msg, record.args = masked, ()
        return True


class _HeaderFilter(logging.Filter):
    """Drop records about the headers of a call, and mask header values that leave a connection's table later."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass a record only if no call is running."""
        if CURRENT.get() is not None:
            return False
        if record.name == "hpack.table" and isinstance(record.args, tuple):
            # The arguments are a header's name and value. The header may be any call's, so every value is masked.
            name, values = record.args[:1], record.args[1:]
            record.args = name + tuple(map(_masked, values))
        return True


def _masked(value: object) -> object:
    return MASK if isinstance(value, bytes) else value


_keys, _headers = _KeyFilter(), _HeaderFilter()


def watch() -> None:
    """Add the filters. Further calls add nothing."""
    for name in _QUOTING:
        logging.getLogger(name).addFilter(_keys)
    for part in _PARTS:
        logging.getLogger(f"httpcore.{part}").addFilter(_keys)
        logging.getLogger(f"httpcore2.{part}").addFilter(_keys)
    for name in _PACKING:
        logging.getLogger(name).addFilter(_headers)
