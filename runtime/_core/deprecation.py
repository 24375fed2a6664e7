# plexy-pay runtime, written by hand in runtime/_core/deprecation.py; the generator copies it unchanged.
"""Warn about everything that the API's description calls deprecated. Only code that uses it loads this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .callers import warn_caller

T = TypeVar("T", bound=Callable[..., object])

if TYPE_CHECKING:
    # Type checkers ship the definition; nothing has to be installed.
    from typing_extensions import deprecated as deprecated
else:

    def deprecated(text: str) -> Callable[[T], T]:
        """Mark a function as deprecated for type checkers. `warn` issues the warning at run time."""

        def mark(function: T) -> T:
            function.__deprecated__ = text
            return function

        return mark


class PlexyDeprecationWarning(DeprecationWarning):
    """Warn that a used name is deprecated. The text says since when, what to use instead, and how long it stays."""


def warn(text: str) -> None:
    """Warn about a deprecated name, at the user's line."""
    warn_caller(text, PlexyDeprecationWarning)
