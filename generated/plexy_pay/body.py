# plexy-pay runtime, written by hand in generator/runtime/body.py; the generator copies it unchanged.
"""The body of an answer, read within a limit, also where a few bytes would inflate to gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

ACCEPT_ENCODING = "gzip, deflate"


class BodyError(Exception):
    """The body cannot be read: `kind` is `too_large` or `unreadable`, the text says why."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Body:
    """Collects the pieces of a body as they come and decompresses it; each at most to the limit.

    Raises:
        BodyError: if the announced length is more than the limit.
    """

    def __init__(self, headers: Mapping[str, str], limit: int) -> None:
        self._encoding = headers.get("content-encoding", "").strip().lower()
        self._limit = limit
        self.raw: bytearray = bytearray()
        length = headers.get("content-length", "")
        self._check(int(length[:20]) if length.isdecimal() else 0)

    def add(self, piece: bytes) -> None:
        """Take one piece; a BodyError says that it is too much."""
        self.raw += piece
        self._check(len(self.raw))

    def decoded(self) -> bytes:
        """The whole body; a BodyError says that it is too large, damaged, cut off or oddly encoded."""
        if self._encoding in ("", "identity") or not self.raw:
            return bytes(self.raw)
        if self._encoding not in ("gzip", "x-gzip", "deflate"):
            raise BodyError(
                "unreadable", f"it has the Content-Encoding {self._encoding[:40]!r}, which was not asked for"
            )
        try:
            return self._inflate()
        except zlib.error:
            raise BodyError("unreadable", "its compressed data are damaged") from None

    def _inflate(self) -> bytes:
        rest, body = bytes(self.raw), bytearray()
        # "deflate" means the zlib format, but some servers send the bare data without zlib's two-byte header.
        has_header = rest[0] & 15 == zlib.DEFLATED and int.from_bytes(rest[:2]) % 31 == 0
        window = 31 if self._encoding != "deflate" else 15 if has_header else -15
        while rest:  # A gzip file may have several members.
            member = zlib.decompressobj(window)
            body += member.decompress(rest, self._limit + 1 - len(body))
            self._check(len(body))
            if not member.eof:
                raise BodyError("unreadable", "its compressed data are cut off")
            rest = member.unused_data
        return bytes(body)

    def _check(self, size: int) -> None:
        if size > self._limit:
            raise BodyError("too_large", f"it is larger than {self._limit} bytes")
