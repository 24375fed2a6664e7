# plexy-pay runtime, written by hand in runtime/_core/callers.py; the generator copies it unchanged.
"""Warn at the line of the program that called the client. Only code that warns loads this module."""

from __future__ import annotations

import sys
import warnings

from . import PACKAGE


def warn_caller(text: str, category: type[Warning]) -> None:
    """Warn at the user's line: the first line outside this package and outside code that attrs generated."""
    level = 1
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__")):
        frame = frame.f_back
        level += 1
    warnings.warn(text, category, stacklevel=level)


def _is_ours(module: str | None) -> bool:
    return module is None or module.startswith(f"{PACKAGE}.")
