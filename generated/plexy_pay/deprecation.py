# plexy-pay runtime, written by hand in generator/runtime/deprecation.py; the generator copies it unchanged.
"""Warnings about what the API's description calls deprecated. Only code that uses such a thing loads this module."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", bound=Callable[..., object])

TYPE_CHECKING = False
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
    """Warn at the user's line: the first one outside of this package, and not of code that attrs wrote."""
    package, frame, level = __name__.rpartition(".")[0] + ".", sys._getframe(), 1  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__"), package):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, PlexyDeprecationWarning, stacklevel=level)


def _is_ours(module: str | None, package: str) -> bool:
    return module is None or module.startswith(package)
