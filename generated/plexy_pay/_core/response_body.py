# plexy-pay runtime, written by hand in runtime/_core/response_body.py; the generator copies it unchanged.
"""The body of a response, read within a limit, also where a few bytes would inflate to gigabytes.

What its headers say of it counts for little: servers and proxies write codings that are none (`UTF-8`, `none`), repeat
what was asked for, or undo a coding and leave its name. The bytes themselves tell, and the parser of JSON decides.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .encoding import loads_response

if TYPE_CHECKING:
    from .attempts import Send

ACCEPT_ENCODING = "gzip, deflate"
# A piece that is inflated at once: each member of a file begins with a small one.
_FIRST_PIECE, _LARGEST_PIECE = 256, 64 * 1024
# After so many compressed bytes the time is looked at.
_STRETCH = 64 * 1024
# All others are ignored: to undo them is not needed, or not possible.
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
# More of them, one in another, are nobody's but an attacker's.
_MOST_CODINGS = 5
_GZIP = b"\x1f\x8b"


class BodyError(Exception):
    """The body cannot be read: `kind` is `too_large` or `unreadable`, the text says why."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Body:
    """Collects the pieces of a body as they come and decompresses it; each at most to the limit.

    Args:
        headers: Of the response.
        limit: How many bytes it may have, before and after it is decompressed.
        step: Until whose deadline it may be decompressed; without it, for as long as it takes.

    Raises:
        BodyError: if the announced length is more than the limit.
    """

    def __init__(
        self, headers: Mapping[str, str], limit: int, step: Send | None = None
    ) -> None:
        named = headers.get("content-encoding", "").lower().split(",")
        codings = [name.partition(";")[0].strip() for name in named]
        self._codings = [coding for coding in codings if coding in _CODINGS][
            -_MOST_CODINGS:
        ]
        self._limit = limit
        self._step = step
        self.raw: bytearray = bytearray()
        length = headers.get("content-length", "")
        self._check(int(length[:20]) if length.isdecimal() else 0)

    def add(self, piece: bytes) -> None:
        """Take one piece; a BodyError says that it is too much."""
        self.raw += piece
        self._check(len(self.raw))

    def decoded(self) -> bytes:
        """Give the whole body.

        Raises:
            BodyError: if it is too large, damaged or cut off.
            TimeoutError: if the call's time is over before the end.
        """
        body = bytes(self.raw)
        for coding in reversed(self._codings):
            window = _window(coding, body)
            if window is None:
                continue
            try:
                body = self._inflate(memoryview(body), window)
            except zlib.error:
                raise BodyError(
                    "unreadable", "its compressed data are damaged"
                ) from None
        return body

    def _inflate(self, raw: memoryview, window: int) -> bytes:
        body, begin, looked_at = bytearray(), 0, 0
        while begin < len(raw):  # A gzip file may have several members.
            member, size = zlib.decompressobj(window), _FIRST_PIECE
            while not member.eof:
                if begin == len(raw):
                    raise BodyError("unreadable", "its compressed data are cut off")
                if begin - looked_at >= _STRETCH:
                    looked_at = begin
                    self._look_at_the_time()
                piece = raw[begin : begin + size]
                body += member.decompress(piece, self._limit + 1 - len(body))
                self._check(len(body))
                # What follows the member was copied in vain, so the pieces grow with what the member has taken.
                begin += len(piece) - len(member.unused_data)
                size = min(2 * size, _LARGEST_PIECE)
        return bytes(body)

    def _look_at_the_time(self) -> None:
        if self._step is not None and self._step.monotonic() >= self._step.deadline:
            raise TimeoutError

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise BodyError("too_large", f"it is larger than {self._limit} bytes")


def _window(coding: str, body: bytes) -> int | None:
    """Return zlib's word for the format that a body is in; None if something on the way has undone the coding."""
    if body.startswith(_GZIP):  # Neither JSON nor deflated data begin so.
        return 31
    if coding != "deflate" or not body or _is_json(body):
        return None
    # "deflate" means the zlib format, but some servers send the bare data without zlib's two-byte header.
    has_header = body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    return 15 if has_header else -15


def _is_json(body: bytes) -> bool:
    try:
        loads_response(body, "")
    except ValueError:
        return False
    return True
