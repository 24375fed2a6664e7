# plexy-pay runtime, written by hand in runtime/_core/memo.py; the generator copies it unchanged.
"""Memoization."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def once(function: F) -> F:
    """Cache the results of a function, which keeps its type.

    mypy does not accept a class as an argument of `functools.cache` if its instances are not hashable.
    """
    return cast("F", cache(function))
