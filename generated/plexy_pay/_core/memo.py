# plexy-pay runtime, written by hand in runtime/_core/memo.py; the generator copies it unchanged.
"""Results that are worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def once(function: F) -> F:
    """Return the function, which keeps what it returns for each argument.

    It is `functools.cache` with the function's own type: mypy takes no class for hashable whose objects are not.
    """
    return cast("F", cache(function))
