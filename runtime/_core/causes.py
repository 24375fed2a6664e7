# plexy-pay runtime, written by hand in runtime/_core/causes.py; the generator copies it unchanged.
"""Decide where an exception inside a call comes from: the network and this package, or the caller's own code.

A call runs the caller's code: hooks, transports and a function that returns the key. Signal handlers and the time
limits of task queues also raise in the middle of a call. Those exceptions are not network failures, so they reach the
caller.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType

from . import PACKAGE

# The libraries that a request passes on its way to the network.
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
# The libraries that replace Python's sockets and certificates.
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
# The JSON reader that the extra `speed` installs.
_READERS = ("msgspec",)
_LIBRARIES = frozenset(_HTTP + _SOCKETS + _READERS)


def foreign(error: BaseException, *, own_sockets: bool = False) -> BaseException | None:
    """Return the exception of the caller's own code behind an error; None if the network or this package raised it.

    Args:
        error: The exception that was raised inside a call.
        own_sockets: Whether the caller's transport opens its own sockets. Their errors count as network errors.
    """
    # The HTTP library mistakes a TimeoutError of a signal handler for one of its sockets, and wraps it.
    while _root(type(error).__module__) in _LIBRARIES and error.__cause__ is not None:
        error = error.__cause__
    if not isinstance(error, Exception):
        return error
    module = type(error).__module__
    if _is_ours(module):
        return None
    if own_sockets and isinstance(error, OSError):
        return None
    # Only sockets and TLS raise these, even if the program has replaced a function of either module.
    if module in ("socket", "ssl"):
        return None
    if _is_of_python(module) and _raised_by_us(error.__traceback__):
        return None
    return error


def _raised_by_us(step: TracebackType | None) -> bool:
    """Return whether an HTTP library or this package raised the error. The standard library's frames do not count."""
    ours = True
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__"))
        if not _is_of_python(module):
            ours = _is_ours(module)
        step = step.tb_next
    return ours


def _is_ours(module: str) -> bool:
    """Return whether a module belongs to an underlying library or to this package."""
    return _root(module) in _LIBRARIES or module.startswith(f"{PACKAGE}.")


def _is_of_python(module: str) -> bool:
    return _root(module) in sys.stdlib_module_names


def _root(module: str) -> str:
    return module.partition(".")[0]


def is_interruption(error: Exception) -> bool:
    """Return whether an exception must stop the call, although it came from a step whose failures do not.

    A failing log handler raises one of Python's own exceptions. A task queue raises an exception class of its own when
    its time limit is over, and that exception must reach the caller.
    """
    return foreign(error) is not None and not _is_of_python(type(error).__module__)


@contextmanager
def failures_ignored(*, of_the_caller: bool = False) -> Generator[None]:
    """Ignore the failures of a step that the call does not need.

    Args:
        of_the_caller: Whether the step runs the caller's code and the failures of that code are ignored as well.
    """
    try:
        yield
    except Exception as error:
        if foreign(error) is None:
            return
        # The caller's code may fail here without harm. But an interruption must still stop the call.
        if of_the_caller and not is_interruption(error):
            return
        raise
