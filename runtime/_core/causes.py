# plexy-pay runtime, written by hand in runtime/_core/causes.py; the generator copies it unchanged.
"""What an exception inside a call comes from: the network and this package, or the caller's own code.

A call runs code of the caller's: hooks, transports, a function that gives the key. Signal handlers and the time limits
of task queues raise in the middle of it, too. Those exceptions are none of the network's: they reach the caller.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType

from . import PACKAGE

_HTTP = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "h11",
    "h2",
    "hpack",
    "hyperframe",
    "socksio",
    "idna",
)
_SOCKETS = (
    "anyio",
    "sniffio",
    "trio",
    "uvloop",
    "gevent",
    "eventlet",
    "greenlet",
    "truststore",
    "certifi",
)
# The libraries that a request passes on its way to the network, those that replace Python's sockets, and the reader of
# JSON that the extra `speed` brings.
_LIBRARIES = frozenset((*_HTTP, *_SOCKETS, "msgspec"))


def foreign(error: BaseException, *, own_sockets: bool = False) -> BaseException | None:
    """Return the exception of the caller's own code that an error is, or that it was made from; None if it is ours.

    Args:
        error: What was raised inside a call.
        own_sockets: Whether a transport of the caller's uses sockets of its own, whose errors are the network's.
    """
    # The HTTP library takes a TimeoutError that a signal handler raises for one of its sockets.
    while _root(type(error).__module__) in _LIBRARIES and error.__cause__ is not None:
        error = error.__cause__
    if not isinstance(error, Exception):
        return error
    module = type(error).__module__
    if _is_ours(module):
        return None
    if own_sockets and isinstance(error, OSError):
        return None
    # Nothing else raises these, whoever has replaced a function of theirs.
    if module in ("socket", "ssl"):
        return None
    return (
        None if _is_of_python(module) and _raised_by_us(error.__traceback__) else error
    )


def _raised_by_us(step: TracebackType | None) -> bool:
    """Return whether the innermost code that raised, the standard library left aside, is the network's or ours."""
    ours = True
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__"))
        if not _is_of_python(module):
            ours = _is_ours(module)
        step = step.tb_next
    return ours


def _is_ours(module: str) -> bool:
    """Return whether a module is one of the libraries beneath, or of this package."""
    return _root(module) in _LIBRARIES or module.startswith(f"{PACKAGE}.")


def _is_of_python(module: str) -> bool:
    return _root(module) in sys.stdlib_module_names


def _root(module: str) -> str:
    return module.partition(".")[0]


def is_interruption(error: Exception) -> bool:
    """Return whether an exception from code of the caller's that must not stop a call has to stop it all the same.

    A log handler that fails does so with one of Python's own exceptions. The time limit of a task queue has a class of
    its own.
    """
    return foreign(error) is not None and not _is_of_python(type(error).__module__)


@contextmanager
def failures_ignored(*, of_the_caller: bool = False) -> Generator[None]:
    """Keep the failures of a step from a call that does not need it.

    Args:
        of_the_caller: Whether the step runs code of the caller's, whose failures are ignored, too.
    """
    try:
        yield
    except Exception as error:
        reaches_the_caller = (
            is_interruption(error) if of_the_caller else foreign(error) is not None
        )
        if reaches_the_caller:
            raise
