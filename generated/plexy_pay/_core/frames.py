# plexy-pay runtime, written by hand in runtime/_core/frames.py; the generator copies it unchanged.
"""Clear frames when an error leaves the package, so that the traceback holds none of the caller's values.

Error reporters store the variables of every frame in a traceback. A caller's options may hold a key, and a parameter
may hold card data. So this module decorates the functions that a caller calls. When one raises, its frames and those
below keep their lines for the traceback and lose their variables.
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
    """Wrap a function so that its frames lose their variables when it raises. Its name and signature stay the same."""
    plain: Any = function
    made: Any = _async(plain) if plain.__code__.co_flags & _COROUTINE else _sync(plain)
    for name in _COPIED:
        setattr(made, name, getattr(plain, name))
    made.__wrapped__ = plain
    same: FunctionT = made
    return same


def _sync(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        # No variable of this frame holds the arguments during the call, because log records may include the stack.
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
    """Replace Python's message with the client's own if Python refused the arguments and the function never began."""
    step = error.__traceback__
    if type(error) is TypeError and step is not None and step.tb_next is None:
        from .misspellings import unexpected

        error.args = (unexpected(function, str(error)),)


def _forget(error: BaseException, handled: BaseException | None) -> None:
    """Clear the frames of an error and of the errors that led to it.

    Args:
        error: The error.
        handled: The exception that the caller was handling during the call. Its frames are the caller's own.
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
    # The frame of the wrapper is still running and cannot be cleared. It holds none of the caller's values.
    with suppress(RuntimeError):
        frame.clear()
