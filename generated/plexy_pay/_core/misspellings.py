# plexy-pay runtime, written by hand in runtime/_core/misspellings.py; the generator copies it unchanged.
"""Names of parameters that do not exist: which one was meant, and what the caller is told.

Only an error, or a key that the API's description does not know, loads this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from functools import lru_cache
from typing import Any

from ..errors import UnknownParameterWarning
from .callers import warn_caller

# No name of a parameter is longer: a longer key is somebody's own, and is not even looked at.
_LONGEST = 80
# How long a known name must be, without `_`, so that another one with one or two wrong letters is taken for it.
_ONE_WRONG, _TWO_WRONG = 4, 6
_UNEXPECTED = re.compile(r"got an unexpected keyword argument '(.*?)'", re.DOTALL)
_MOST_SHOWN = 5


@lru_cache(maxsize=1024)
def nearest(name: str, known: tuple[str, ...]) -> str | None:
    """Return the known name that another one is a misspelling of: its case, its `_`, or one or two letters."""
    if len(name) > _LONGEST:
        return None
    plain = _plain(name)
    near = {one: _distance(plain, _plain(one)) for one in known}
    close = [one for one in known if near[one] <= _allowed(_plain(one))]
    return min(close, key=near.__getitem__, default=None)


def unknown(owner: str, names: Iterable[object], known: tuple[str, ...]) -> str:
    """Return the text of an error about names that a call or an object does not have."""
    given = sorted(map(str, names))
    shown = ", ".join(_short(name) for name in given[:_MOST_SHOWN])
    more = f" and {len(given) - _MOST_SHOWN} more" if len(given) > _MOST_SHOWN else ""
    has = f"It has {', '.join(known)}." if known else "It has none."
    return f"{owner} has no parameter {shown}{more}. Nothing was sent. {_meant(given, known)}{has}"


def unknown_option(names: Iterable[str], known: tuple[str, ...]) -> str:
    """Return what is wrong with options that do not exist."""
    given = sorted(names)
    shown = ", ".join(map(_short, given))
    return f"there is no option {shown}. {_meant(given, known)}The options are {', '.join(known)}."


def unexpected(function: Callable[..., Any], text: str) -> str:
    """Return what Python says of arguments that a function does not take, in the words of the client."""
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
    """Warn at the caller's line of each key that looks like a misspelt parameter.

    Args:
        owner: The object that has the keys.
        names: The keys. What they hold is not looked at.
        known: The parameters that there are.
        on_the_wire: Names of the API's, which are right as they are.
    """
    for name in names:
        meant = (
            nearest(name, known)
            if isinstance(name, str) and name not in on_the_wire
            else None
        )
        if meant is not None:
            text = f"{owner} sends the key {name}, which the API's description does not know."
            warn_caller(f"{text} Did you mean {meant}?", UnknownParameterWarning)


def _meant(names: Iterable[str], known: tuple[str, ...]) -> str:
    found = dict.fromkeys(nearest(name, known) for name in names)
    meant = [name for name in found if name is not None]
    return f"Did you mean {', '.join(meant)}? " if meant else ""


def _short(name: str) -> str:
    """Return a name for a message, on one line and not long."""
    plain = "".join(char if char.isprintable() else " " for char in name[:_LONGEST])
    return plain or "''"


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _allowed(known: str) -> int:
    """Return how many letters of a name may be wrong: of a short one two letters make any other word."""
    return (len(known) >= _ONE_WRONG) + (len(known) >= _TWO_WRONG)


def _distance(one: str, other: str) -> int:
    """Return how many letters to add, leave out, change or swap with the next one; 3 stands for more than two."""
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
