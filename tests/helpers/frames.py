"""What error reporters find in the frames of an error: their variables, and what those hold."""

from __future__ import annotations

import pprint
import re
import traceback
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def chain(error: BaseException | None) -> list[BaseException]:
    """The error with all that hangs on it."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "cause", None)]
    return found


def shown_by(error: BaseException, package: str) -> Iterator[tuple[str, str]]:
    """All texts that a reporter can make of an error, each with where it is from.

    Args:
        error: The error.
        package: The package whose frames are looked at, with all beneath them; those above hold what a test gave.
    """
    for one in chain(error):
        yield "the error", f"{one} {one!r} {one.args!r} {vars(one)!r}"
        begin = _first_of(package, one.__traceback__)
        for frame, line in _frames(begin):
            for name, value in frame.f_locals.items():
                yield f"{frame.f_code.co_qualname}: {name}", _deep(value)
            # As cgitb does: each name with dots in the line that failed.
            for dotted in _DOTTED.findall(line):
                yield f"{frame.f_code.co_qualname}: {dotted}", _looked_up(frame, dotted)
        made = traceback.TracebackException(type(one), one, begin, capture_locals=True)
        made.__cause__ = made.__context__ = (
            None  # `chain` has them, without the frames above.
        )
        yield "the traceback", "".join(made.format())


def _first_of(package: str, step: TracebackType | None) -> TracebackType | None:
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__"))
        if module.partition(".")[0] == package:
            return step
        step = step.tb_next
    return None


def _frames(step: TracebackType | None) -> Iterator[tuple[FrameType, str]]:
    while step is not None:
        yield step.tb_frame, traceback.extract_tb(step, limit=1)[0].line or ""
        step = step.tb_next


def _looked_up(frame: FrameType, dotted: str) -> str:
    first, *rest = dotted.split(".")
    value = frame.f_locals.get(first)
    for name in rest:
        value = getattr(value, name, None)
    return repr(value)


def _deep(value: Any, depth: int = 2) -> str:
    """The value as reprs, with what it contains and the attributes of what it is."""
    texts = [
        _repr(value),
        pprint.pformat(value) if isinstance(value, (dict, list, tuple, set)) else "",
    ]
    if depth and not isinstance(value, (str, bytes)):
        texts += [_deep(inner, depth - 1) for inner in _inner(value)]
    return "\n".join(texts)


def _inner(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return list(getattr(value, "__dict__", {}).values())


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:
        return f"<no repr: {type(error).__name__}>"
