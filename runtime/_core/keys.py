# plexy-pay runtime, written by hand in runtime/_core/keys.py; the generator copies it unchanged.
"""API keys: where they come from, which are refused, and which of several active ones is in use.

The order: the `api_key` argument, then the family's environment variable. A netrc file is read only by a
`netrc_key(...)` that was passed as `api_key`. No error passes through a frame in which a key could be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ..errors import ConfigurationError
from . import hints as _hints

MASK = "********"
# A key with one of these in front is a header's value, or a whole header.
_SCHEMES = (
    "bearer",
    "basic",
    "token",
    "digest",
    "apikey",
    "api-key",
    "api_key",
    "api key",
    "x-api-key",
    "authorization",
)


class ApiKey:
    """One key. It shows itself as ``********`` and refuses to be pickled; `raw` is the key."""

    __slots__ = ("raw",)

    raw: str

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> str:
        raise TypeError("An API key is never pickled.")


def key_problem(key: object) -> str | None:
    """What is wrong with a key, without any part of it, and what to do; None if nothing is."""
    if not isinstance(key, str):
        return f"The API key is a {type(key).__name__}, not text. Pass it as str."
    if not key.strip():
        return "The API key is empty. Pass the key from the Plexy dashboard."
    if key.strip().lower().startswith(_SCHEMES):
        return "The API key begins with a scheme word such as Bearer. The API takes none: pass the raw key alone."
    if not key.isascii():
        return "The API key has characters outside ASCII. Copy it again from the Plexy dashboard."
    if not key.isprintable() or " " in key:
        return "The API key has white space or control characters, perhaps a line end. Pass it without them."
    return None


def _read(source: object) -> tuple[tuple[ApiKey, ...], str | None]:
    """The keys in an argument or in a callable's response, and what is wrong with them."""
    given: Any = source
    keys: tuple[object, ...] = (
        tuple(given) if isinstance(source, (list, tuple)) else (given,)
    )
    problem = (
        next(filter(None, map(key_problem, keys)), None)
        if keys
        else "The sequence of API keys is empty."
    )
    return (
        () if problem else tuple(ApiKey(str(key)) for key in dict.fromkeys(keys))
    ), problem


class KeyRing:
    """The active keys of one family, the one that works first.

    Making one never raises: `problem` says what is wrong, so that the caller can drop its own reference to the
    key before it raises. Threads and tasks share a ring without a lock: its only state is one reference, which is
    replaced whole, and each value that it can have is a right one.
    """

    def __init__(self, source: object, variable: str = "", argument: str = "") -> None:
        self.missing: bool = source is None and variable not in os.environ
        self.origin = (
            "environment"
            if source is None
            else "callable"
            if callable(source)
            else "argument"
        )
        self.provider: Callable[[], object] | None = (
            source if callable(source) else None
        )
        self.problem: str | None = None
        self._keys: tuple[ApiKey, ...] = ()
        self._working = ApiKey("")
        if self.provider is not None:
            return
        self._keys, self.problem = _read(
            os.environ.get(variable, "") if source is None else source
        )
        if source is None and self.problem:
            self.problem += f" Without {argument} it is read from the environment variable {variable}."

    @classmethod
    def of(cls, source: object) -> KeyRing:
        """Return the ring of a source, which may be one already."""
        return source if isinstance(source, cls) else cls(source)

    def pinned(self, keys: tuple[ApiKey, ...]) -> KeyRing:
        """Return a ring of the keys that this one gave, where its callable might give others next time."""
        return self if self.provider is None else KeyRing([key.raw for key in keys])

    def keys(self) -> tuple[ApiKey, ...]:
        """Return the keys to try, in order. A callable is asked anew, and what it raises reaches the caller.

        Raises:
            ConfigurationError: if something is wrong with the keys.
        """
        found, problem, pending = self._ask()
        if pending is not None:
            # A coroutine that is never awaited would warn.
            getattr(pending, "close", str)()
            problem = "The api_key callable is a coroutine function: only AsyncPlexyPay can await it."
        return self._ordered(found, problem)

    async def keys_async(self) -> tuple[ApiKey, ...]:
        """The async twin of `keys`; the callable may be a coroutine function."""
        found, problem, pending = self._ask()
        if pending is not None:
            found, problem = _read(await pending)
        return self._ordered(found, problem)

    def known(self) -> tuple[str, ...]:
        """The raw keys that it holds, for finding them in what is about to be shown."""
        return tuple(key.raw for key in self._keys)

    def works(self, key: ApiKey) -> None:
        """Remember the key that the API accepted, for later requests."""
        self._working = key

    def _ask(self) -> tuple[tuple[ApiKey, ...], str | None, Any]:
        if self.provider is None:
            return self._keys, None, None
        response = self.provider()
        return (
            ((), None, response)
            if hasattr(response, "__await__")
            else (*_read(response), None)
        )

    def _ordered(
        self, found: tuple[ApiKey, ...], problem: str | None
    ) -> tuple[ApiKey, ...]:
        if problem:
            raise ConfigurationError(f"{problem} Nothing was sent.")
        return tuple(sorted(found, key=lambda key: key.raw != self._working.raw))

    def __repr__(self) -> str:
        return f"<KeyRing {MASK} from the {self.origin}>"


class netrc_key:  # noqa: N801 - used like a function; a class, so that it can be pickled
    """A callable that reads the key from a netrc file: ``PlexyPay(netrc_key("api.plexypay.com"))``.

    The password of the line ``machine HOST`` is the key; a ``default`` line is never used. Without a path it is the
    file that NETRC names, else ``~/.netrc``.
    """

    def __init__(self, host: str, path: str | os.PathLike[str] | None = None) -> None:
        self.host = host
        self.path = path

    def __reduce__(self) -> tuple[_hints.Any, ...]:
        # Nothing else that somebody may have set on it.
        return netrc_key, (
            self.host,
            None if self.path is None else os.fspath(self.path),
        )

    def __call__(self) -> str:
        """Read the key; a ConfigurationError says why it cannot be read."""
        from netrc import NetrcParseError, netrc

        path = os.fspath(
            self.path or os.environ.get("NETRC") or os.path.expanduser("~/.netrc")
        )
        problem = f"has no line `machine {self.host}`"
        try:
            entry = None if self.host == "default" else netrc(path).hosts.get(self.host)
        except (OSError, UnicodeError, NetrcParseError) as error:
            # Its own text quotes the file.
            entry, problem = (
                None,
                f"cannot be read ({type(error).__name__})",
            )
        if entry is not None:
            return entry[2]
        raise ConfigurationError(
            f"The API key is to come from {path}, but that file {problem}. Nothing was sent."
        )


def pickled(provider: object) -> object:
    """Give what a pickle holds of a callable that gives the key: where it is found by its name, never the callable.

    A partial, a bound method, a closure or an object of a class carries data, which may be the key. And some picklers
    write whole functions with all that they use. A `netrc_key` is its host and its path.

    Raises:
        ConfigurationError: if the callable is not what its module knows by that name.
    """
    if provider is None or type(provider) is netrc_key:
        return provider
    place = (
        f"{getattr(provider, '__module__', '')}:{getattr(provider, '__qualname__', '')}"
    )
    if _at(place) is not provider:
        raise ConfigurationError(
            f"A client whose api_key is a callable of type {type(provider).__name__} cannot be pickled: it may carry "
            "the key. Pass a function of a module, found there by its own name, or netrc_key(...), or set the key in "
            "the environment."
        )
    return place


def unpickled(held: object) -> Any:
    """Find the callable again that `pickled` gave the place of.

    Raises:
        ConfigurationError: if it is not there in this process.
    """
    if not isinstance(held, str):
        return held
    found: Any = _at(held)
    if not callable(found):
        raise ConfigurationError(
            f"The api_key callable {held} is not there in this process. Make its module importable here."
        )
    return found


def _at(place: str) -> object:
    from pkgutil import resolve_name

    try:
        return resolve_name(place)
    except (ValueError, ImportError, AttributeError):
        return None
