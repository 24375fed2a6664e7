# plexy-pay runtime, written by hand in generator/runtime/callers.py; the generator copies it unchanged.
"""Warnings that point at the line of the program that called the client. Only code that warns loads this module."""

from __future__ import annotations

import sys
import warnings


def warn_caller(text: str, category: type[Warning]) -> None:
    """Warn at the user's line: the first one outside of this package, and not of code that attrs wrote."""
    package, frame, level = __name__.rpartition(".")[0] + ".", sys._getframe(), 1  # pyright: ignore[reportPrivateUsage]
    while frame.f_back is not None and _is_ours(
        frame.f_globals.get("__name__"), package
    ):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, category, stacklevel=level)


def _is_ours(module: str | None, package: str) -> bool:
    return module is None or module.startswith(package)
