# plexy-pay runtime, written by hand in runtime/_core/misspellings.py; the generator copies it unchanged.
"""Explain unknown parameter names: find the name that was meant, and write the message.

Only an error, or a key that the API's description does not know, loads this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from functools import lru_cache
from typing import Any

from ..errors import UnknownParameterWarning
from .callers import warn_caller

# No parameter name is longer. A longer key is the caller's own and is not compared.
_LONGEST = 80
# The shortest length of a known name, without `_`, at which one or two wrong letters still count as a misspelling.
_ONE_WRONG, _TWO_WRONG = 4, 6
_UNEXPECTED = re.compile(r"got an unexpected keyword argument '(.*?)'", re.DOTALL)
_MOST_SHOWN = 5


@lru_cache(maxsize=1024)
def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """Return the known name that a name misspells in its case, its `_`, or one or two letters; None without one."""
    if len(name) > _LONGEST:
        return None
    plain = _plain(name)
    near = {one: _distance(plain, _plain(one)) for one in known}
    close = [one for one in known if near[one] <= _allowed(_plain(one))]
    return min(close, key=near.__getitem__, default=None)


def unknown(owner: str, names: Iterable[object], known: tuple[str, ...]) -> str:
    """Return the error text for names that a call or an object does not have."""
    given = sorted(map(str, names))
    shown = ", ".join(_short(name) for name in given[:_MOST_SHOWN])
    more = f" and {len(given) - _MOST_SHOWN} more" if len(given) > _MOST_SHOWN else ""
    has = f"It has {', '.join(known)}." if known else "It has none."
    return f"{owner} has no parameter {shown}{more}. Nothing was sent. {_meant(given, known)}{has}"


def unknown_option(names: Iterable[str], known: tuple[str, ...]) -> str:
    """Return the error text for options that do not exist."""
    given = sorted(names)
    shown = ", ".join(map(_short, given))
    return f"there is no option {shown}. {_meant(given, known)}The options are {', '.join(known)}."


def unexpected(function: Callable[..., Any], text: str) -> str:
    """Return Python's message about arguments that a function does not take, in the client's terms."""
    code = function.__code__
    resource = function.__globals__.get("_RESOURCE")
    call = f"{resource}.{function.__name__}" if resource else function.__qualname__
    found = _UNEXPECTED.search(text)
    if found is None:
        return text.replace(f"{function.__qualname__}()", f"{call}()", 1)
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return unknown(
        call, [found[1]], tuple(name for name in names if name not in ("self", "cls"))
    )


def warn_of_misspelt(
    owner: str,
    names: Iterable[object],
    known: tuple[str, ...],
    on_the_wire: Container[str] = (),
) -> None:
    """Warn, at the caller's line, about each key that looks like a misspelt parameter.

    Args:
        owner: The object with the keys.
        names: The keys. Their values are not examined.
        known: The known parameters.
        on_the_wire: The API's own names, which are correct.
    """
    for name in names:
        if not isinstance(name, str) or name in on_the_wire:
            continue
        meant = nearest(name, known)
        if meant is not None:
            text = f"{owner} sends the key {name}, which the API's description does not know."
            warn_caller(f"{text} Did you mean {meant}?", UnknownParameterWarning)


def _meant(names: Iterable[str], known: tuple[str, ...]) -> str:
    found = dict.fromkeys(nearest(name, known) for name in names)
    meant = [name for name in found if name is not None]
    return f"Did you mean {', '.join(meant)}? " if meant else ""


def _short(name: str) -> str:
    """Return a name for a message, on one line and shortened."""
    plain = "".join(char if char.isprintable() else " " for char in name[:_LONGEST])
    return plain or "''"


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _allowed(known: str) -> int:
    """Return how many letters of a name may be wrong. In a short name, two letters would match any other word."""
    return (len(known) >= _ONE_WRONG) + (len(known) >= _TWO_WRONG)


def _distance(one: str, other: str) -> int:
    """Return how many letters to add, remove, change or swap with the next one; 3 stands for more than two."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one):
        older, before, row = before, row, [place + 1]
        for column, wanted in enumerate(other):
            best = min(
                before[column + 1] + 1,
                row[column] + 1,
                before[column] + (letter != wanted),
            )
            if (
                place
                and column
                and letter == other[column - 1]
                and one[place - 1] == wanted
            ):
                best = min(best, older[column - 1] + 1)
            row.append(best)
    return min(row[-1], 3)
