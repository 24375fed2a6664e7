# plexy-pay runtime, written by hand in runtime/_core/response_body.py; the generator copies it unchanged.
"""Read the body of a response within a size limit, even if a few bytes would inflate to gigabytes.

The headers about the body are unreliable. Servers and proxies name codings that do not exist (`UTF-8`, `none`), repeat
the requested codings, or undo a coding and keep its name. So the bytes themselves decide, and finally the JSON parser.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .encoding import loads_response

if TYPE_CHECKING:
    from .attempts import Send

ACCEPT_ENCODING = "gzip, deflate"
# The sizes of the pieces to inflate. Each member of a gzip file begins with a small piece.
_FIRST_PIECE, _LARGEST_PIECE = 256, 64 * 1024
# The number of compressed bytes after which the deadline is checked.
_STRETCH = 64 * 1024
# Other codings are ignored: undoing them is either not needed or not possible.
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
# Only an attacker nests more codings.
_MOST_CODINGS = 5
_GZIP = b"\x1f\x8b"


class BodyError(Exception):
    """Raised when the body cannot be read. `kind` is `too_large` or `unreadable`; the text says why."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Body:
    """Collect the pieces of a body and decompress it. The limit applies before and after decompression.

    Args:
        headers: The headers of the response.
        limit: The largest size in bytes.
        step: The step whose deadline ends the decompression; without it, decompression may take any time.

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
        """Add one piece.

        Raises:
            BodyError: if the body is now too large.
        """
        self.raw += piece
        self._check(len(self.raw))

    def decoded(self) -> bytes:
        """Return the whole body, decompressed.

        Raises:
            BodyError: if it is too large, damaged or cut off.
            TimeoutError: if the deadline passes first.
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
                # Bytes after the end of the member were copied in vain. So the pieces start small and grow.
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
    """Return zlib's window size for the format of a body; None if an intermediary has already undone the coding."""
    if body.startswith(_GZIP):  # Neither JSON nor deflated data begin with these bytes.
        return 31
    if coding != "deflate" or not body or _is_json(body):
        return None
    # "deflate" means the zlib format, but some servers send raw deflate data without zlib's two-byte header.
    has_header = body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    return 15 if has_header else -15


def _is_json(body: bytes) -> bool:
    try:
        loads_response(body, "")
    except ValueError:
        return False
    return True
