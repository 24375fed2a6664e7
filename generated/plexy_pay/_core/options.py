# plexy-pay runtime, written by hand in runtime/_core/options.py; the generator copies it unchanged.
"""Hide the options of one call from the first line of a method, and check them before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, cast

from .encoding import is_mapping
from .types import RequestOptions, Timeout

_KNOWN = RequestOptions.__optional_keys__
_NAMES = tuple(RequestOptions.__annotations__)


class MaskedOptions:
    """Hold the options of a call. The repr shows only their names, and no attribute holds a value."""

    __slots__ = ("_fields", "_strange")

    def __init__(self, given: object) -> None:
        # A copy, because the pages of a list are fetched later, when the caller may have changed the options. An
        # option of None counts as left out.
        fields: dict[Any, Any] = {}
        if is_mapping(given):
            fields = {name: value for name, value in given.items() if value is not None}
        self._strange = None if is_mapping(given) else type(given).__name__
        self._fields: Callable[[], dict[Any, Any]] = lambda: fields

    def get(self, name: str, default: Any = None) -> Any:
        """Return one option; the default if it was not passed."""
        return self._fields().get(name, default)

    def timeout(self) -> Timeout | None:
        """Return the timeout of the call; None if it was not passed. Call `problem` first to check it."""
        if "timeout" not in self:
            return None
        timeout = Timeout.of(self.get("timeout"))
        return timeout if isinstance(timeout, Timeout) else None

    def __contains__(self, name: object) -> bool:
        return name in self._fields()

    def problem(self) -> str | None:
        """Return the problem with the options, without any value; None if there is none. The ring checks the key."""
        if self._strange is not None:
            return f"options is of type {self._strange}. Pass a mapping, such as {{'timeout': 10}}."
        if not self._fields():
            return None
        unknown = [name for name in self._fields() if name not in _KNOWN]
        if unknown:
            from .misspellings import unknown_option

            texts = [name for name in unknown if isinstance(name, str)]
            if not texts:
                return "the name of an option must be text."
            return unknown_option(texts, _NAMES)
        timeout = Timeout.of(self.get("timeout"))
        if isinstance(timeout, str):
            return timeout
        retries = self.get("max_retries", 0)
        if type(retries) is not int or retries < 0:
            return "max_retries is not a whole number from 0."
        return self._problem_of_extras()

    def _problem_of_extras(self) -> str | None:
        for name in ("extra_headers", "extra_body"):
            extra: Any = self.get(name, {})
            if not is_mapping(extra) or not all(isinstance(key, str) for key in extra):
                return f"{name} is not a mapping whose names are text."
        return None

    def __repr__(self) -> str:
        if self._strange is not None:
            return f"<options of type {self._strange}>"
        return f"<options {', '.join(map(str, self._fields()))}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("The options of a call are never pickled: they may hold a key.")


_NONE = MaskedOptions({})


def masked(options: object) -> MaskedOptions:
    """Return the options of a caller, hidden."""
    if options is None:
        return _NONE
    return options if isinstance(options, MaskedOptions) else MaskedOptions(options)


def mask(options: RequestOptions | None) -> RequestOptions:
    """Return the options, hidden, so that the variables of our own frames never show them after a failure."""
    return cast("RequestOptions", masked(options))
