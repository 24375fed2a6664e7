# plexy-pay runtime, written by hand in runtime/_core/frames.py; the generator copies it unchanged.
"""Frames that forget: an error that leaves the package takes nothing along that the caller gave.

Error reporters store the variables of every frame that an error passed through. A caller's options hold a key, and a
parameter may hold card data. So what a caller calls is decorated here: when it raises, the frames beneath keep their
lines for the traceback, and lose their variables.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_COPIED = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
_COROUTINE = 0x80  # `inspect.CO_COROUTINE`.


def forgets(function: FunctionT) -> FunctionT:
    """Have all frames of a function forget their variables when it raises; it stays the same to its callers."""
    plain: Any = function
    made: Any = _async(plain) if plain.__code__.co_flags & _COROUTINE else _sync(plain)
    for name in _COPIED:
        setattr(made, name, getattr(plain, name))
    made.__wrapped__ = plain
    same: FunctionT = made
    return same


def _sync(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        # The arguments are no variable of this frame while the call is under way: log records may come with the stack.
        taken: list[Any] = [named, given]
        del given, named
        handled = sys.exception()
        try:
            return function(*taken.pop(), **taken.pop())
        except BaseException as error:
            _explain(error, function)
            _forget(error, handled)
            raise

    return call


def _async(function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*given: Any, **named: Any) -> Any:
        taken: list[Any] = [named, given]
        del given, named
        handled = sys.exception()
        try:
            return await function(*taken.pop(), **taken.pop())
        except BaseException as error:
            _explain(error, function)
            _forget(error, handled)
            raise

    return call


def _explain(error: BaseException, function: Callable[..., Any]) -> None:
    """Say in the client's words which arguments Python refused, where the function never began."""
    step = error.__traceback__
    if type(error) is TypeError and step is not None and step.tb_next is None:
        from .misspellings import unexpected

        error.args = (unexpected(function, str(error)),)


def _forget(error: BaseException, handled: BaseException | None) -> None:
    """Clear the frames of an error, and of those that were caught on its way.

    Args:
        error: The error.
        handled: What the caller was handling at the time of the call: its frames are the caller's own.
    """
    seen = [handled]
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or any(one is other for other in seen):
            continue
        seen.append(one)
        waiting += (one.__cause__, one.__context__)
        step = one.__traceback__
        while step is not None:
            _clear(step.tb_frame)
            step = step.tb_next


def _clear(frame: Any) -> None:
    # The frame of a decorated function still runs, and has nothing of the caller's left.
    with suppress(RuntimeError):
        frame.clear()
