# plexy-pay runtime, written by hand in runtime/_core/memo.py; the generator copies it unchanged.
"""Cache the results of functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def once(function: F) -> F:
    """Cache the results of a function and keep its type.

    mypy does not accept a class with unhashable instances as an argument of a `functools.cache` function.
    """
    return cast("F", cache(function))
