# plexy-pay runtime, written by hand in runtime/_core/deprecation.py; the generator copies it unchanged.
"""Warnings about what the API's description calls deprecated. Only code that uses such a thing loads this module."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .callers import warn_caller

T = TypeVar("T", bound=Callable[..., object])

if TYPE_CHECKING:
    # Type checkers bring the definition along; nothing has to be installed for it.
    from typing_extensions import deprecated as deprecated
else:

    def deprecated(text: str) -> Callable[[T], T]:
        """Mark a function for type checkers, which then strike it out; the warning is `warn`'s."""

        def mark(function: T) -> T:
            function.__deprecated__ = text
            return function

        return mark


class PlexyDeprecationWarning(DeprecationWarning):
    """Something that was used is deprecated; the text says since when, what to use, and how long it stays."""


def warn(text: str) -> None:
    """Warn at the user's line of something that is deprecated."""
    warn_caller(text, PlexyDeprecationWarning)
