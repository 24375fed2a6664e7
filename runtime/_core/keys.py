# plexy-pay runtime, written by hand in runtime/_core/keys.py; the generator copies it unchanged.
"""Read API keys, refuse invalid ones, and select among several active ones.

A key comes from the `api_key` argument, or else from the family's environment variable. A netrc file is read only by a
`netrc_key(...)` that was passed as `api_key`. No error passes through a frame with a key among its variables.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ..errors import ConfigurationError
from . import hints as _hints

MASK = "********"
# A text with one of these prefixes is a header value or a whole header, not a key.
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
    """Hold one key in `raw`. Its repr is ``********``, and it cannot be pickled."""

    __slots__ = ("raw",)

    raw: str

    def __init__(self, raw: str) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> str:
        raise TypeError("An API key is never pickled.")


def key_problem(key: object) -> str | None:
    """Return the problem with a key and what to do, without any part of the key; None if there is no problem."""
    if not isinstance(key, str):
        return f"The API key is a {type(key).__name__}, not text. Pass it as str."
    if not key.strip():
        return "The API key is empty. Pass the key from the Plexy dashboard."
    if key.strip().lower().startswith(_SCHEMES):
        return "The API key begins with a scheme word such as Bearer. The API accepts none: pass the raw key alone."
    if not key.isascii():
        return "The API key has characters outside ASCII. Copy it again from the Plexy dashboard."
    if not key.isprintable() or " " in key:
        return "The API key has white space or control characters, perhaps a line end. Pass it without them."
    return None


def _read(source: object) -> tuple[tuple[ApiKey, ...], str | None]:
    """Return the keys in an argument or in a callable's result, and the first problem with them."""
    given: Any = source
    keys: tuple[object, ...] = (given,)
    if isinstance(source, (list, tuple)):
        keys = tuple(given)
    if not keys:
        return (), "The sequence of API keys is empty."
    for key in keys:
        problem = key_problem(key)
        if problem:
            return (), problem
    return tuple(ApiKey(str(key)) for key in dict.fromkeys(keys)), None


class KeyRing:
    """Hold the active keys of one family, with the working key first.

    The constructor never raises. `problem` says what is wrong, so that the caller can drop its own reference to the key
    before it raises. Threads and tasks share a ring without a lock, because its only mutable state is one reference.
    The reference is replaced as a whole, and every value that it can have is valid.
    """

    def __init__(self, source: object, variable: str = "", argument: str = "") -> None:
        self.missing: bool = source is None and variable not in os.environ
        self.origin = "argument"
        self.provider: Callable[[], object] | None = None
        self.problem: str | None = None
        self._keys: tuple[ApiKey, ...] = ()
        self._working = ApiKey("")
        if source is None:
            self.origin = "environment"
            self._keys, self.problem = _read(os.environ.get(variable, ""))
            if self.problem:
                self.problem += f" Without {argument} it is read from the environment variable {variable}."
        elif callable(source):
            self.origin = "callable"
            self.provider = source
        else:
            self._keys, self.problem = _read(source)

    @classmethod
    def of(cls, source: object) -> KeyRing:
        """Return the ring of a source. A source that is a ring is returned unchanged."""
        return source if isinstance(source, cls) else cls(source)

    def pinned(self, keys: tuple[ApiKey, ...]) -> KeyRing:
        """Return a ring of the keys that this one returned, because its callable might return others next time."""
        return self if self.provider is None else KeyRing([key.raw for key in keys])

    def keys(self) -> tuple[ApiKey, ...]:
        """Return the keys to try, in order. A callable is called each time, and its exceptions reach the caller.

        Raises:
            ConfigurationError: if there is a problem with the keys.
        """
        found, problem, pending = self._ask()
        if pending is not None:
            # Closed, because Python warns about a coroutine that is never awaited.
            getattr(pending, "close", str)()
            problem = "The api_key callable is a coroutine function: only AsyncPlexyPay can await it."
        return self._ordered(found, problem)

    async def keys_async(self) -> tuple[ApiKey, ...]:
        """Return the same as `keys`; the callable may be a coroutine function."""
        found, problem, pending = self._ask()
        if pending is not None:
            found, problem = _read(await pending)
        return self._ordered(found, problem)

    def known(self) -> tuple[str, ...]:
        """Return the raw keys that the ring holds, for finding them in text that is about to be shown."""
        return tuple(key.raw for key in self._keys)

    def works(self, key: ApiKey) -> None:
        """Remember the key that the API accepted, for later requests."""
        self._working = key

    def _ask(self) -> tuple[tuple[ApiKey, ...], str | None, Any]:
        if self.provider is None:
            return self._keys, None, None
        given = self.provider()
        if hasattr(given, "__await__"):
            return (), None, given
        found, problem = _read(given)
        return found, problem, None

    def _ordered(
        self, found: tuple[ApiKey, ...], problem: str | None
    ) -> tuple[ApiKey, ...]:
        if problem:
            raise ConfigurationError(f"{problem} Nothing was sent.")
        return tuple(sorted(found, key=lambda key: key.raw != self._working.raw))

    def __repr__(self) -> str:
        return f"<KeyRing {MASK} from the {self.origin}>"


class netrc_key:  # noqa: N801 - used like a function; a class, so that it can be pickled
    """Read the key from a netrc file when called: ``PlexyPay(netrc_key("api.plexypay.com"))``.

    The key is the password of the line ``machine HOST``. A ``default`` line is never used. Without a path, the file is
    the one that NETRC names, or else ``~/.netrc``.
    """

    def __init__(self, host: str, path: str | os.PathLike[str] | None = None) -> None:
        self.host = host
        self.path = path

    def __reduce__(self) -> tuple[_hints.Any, ...]:
        # Attributes that somebody may have set on it are left out.
        return netrc_key, (
            self.host,
            None if self.path is None else os.fspath(self.path),
        )

    def __call__(self) -> str:
        """Read the key.

        Raises:
            ConfigurationError: if the key cannot be read.
        """
        from netrc import NetrcParseError, netrc

        path = os.fspath(
            self.path or os.environ.get("NETRC") or os.path.expanduser("~/.netrc")
        )
        problem = f"has no line `machine {self.host}`"
        try:
            entry = None if self.host == "default" else netrc(path).hosts.get(self.host)
        except (OSError, UnicodeError, NetrcParseError) as error:
            # Only the type is shown, because the error's text quotes the file.
            entry, problem = None, f"cannot be read ({type(error).__name__})"
        if entry is not None:
            return entry[2]
        raise ConfigurationError(
            f"The API key should come from {path}, but that file {problem}. Nothing was sent. Correct the file."
        )


def pickled(provider: object) -> object:
    """Return the picklable form of a callable that returns the key: its module and name, never the callable itself.

    A partial, a bound method, a closure or an instance carries data that may include the key. Some picklers also write
    whole functions with everything they use. A `netrc_key` is pickled as its host and path.

    Raises:
        ConfigurationError: if the module does not have the callable under its name.
    """
    if provider is None or type(provider) is netrc_key:
        return provider
    module = getattr(provider, "__module__", "")
    place = f"{module}:{getattr(provider, '__qualname__', '')}"
    if _at(place) is not provider:
        raise ConfigurationError(
            f"A client whose api_key is a callable of type {type(provider).__name__} cannot be pickled, because the "
            "callable may carry the key. Pass a function of a module, which the module has under the same name, or "
            "netrc_key(...), or set the key in the environment."
        )
    return place


def unpickled(held: object) -> Any:
    """Return the callable for the place that `pickled` returned.

    Raises:
        ConfigurationError: if this process cannot import the callable.
    """
    if not isinstance(held, str):
        return held
    found: Any = _at(held)
    if not callable(found):
        raise ConfigurationError(
            f"The api_key callable {held} does not exist in this process. Make its module importable here."
        )
    return found


def _at(place: str) -> object:
    from pkgutil import resolve_name

    try:
        return resolve_name(place)
    except (ValueError, ImportError, AttributeError):
        return None
