# plexy-pay runtime, written by hand in runtime/_core/misfits.py; the generator copies it unchanged.
"""Note whether a value that is being decoded fits the spec.

Decoders call `misfit` for each thing that does not fit. Only then is the value compared with the spec closely, so a
response that fits costs no more than its decoding.
"""

from __future__ import annotations

from contextvars import ContextVar, Token

_watching: ContextVar[Watch | None] = ContextVar("misfits", default=None)


class Watch:
    """Note in `found` whether anything that is decoded inside the `with` block does not fit the spec."""

    __slots__ = ("_token", "found")

    _token: Token[Watch | None]

    def __init__(self) -> None:
        self.found = False

    def __enter__(self) -> Watch:
        self._token = _watching.set(self)
        return self

    def __exit__(self, *failure: object) -> None:
        _watching.reset(self._token)


def misfit() -> None:
    """Note that something does not fit the spec."""
    watch = _watching.get()
    if watch is not None:
        watch.found = True
