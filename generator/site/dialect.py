"""Turn what GitHub reads as Markdown into what Python-Markdown reads as the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^(?P<indent> *)(?P<mark>```+)(?P<info>[^`]*)$")
_ITEM = re.compile(r"^(?P<indent> *)(?:[-*]|\d+\.) ")
_FILE = "file="
#: How far Python-Markdown wants what belongs to an item of a list.
_STEP = 4


def adapted(text: str) -> str:
    """Return a page in the dialect of Python-Markdown."""
    return "\n".join(_spaced(_indented(_fences(text.split("\n")))))


def _fences(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is part of a block of code; the words of a block become options of the site."""
    mark = ""
    for line in lines:
        fence = _FENCE.match(line)
        if mark:
            yield line, True
            if fence and fence["mark"] == mark and not fence["info"].strip():
                mark = ""
        elif fence:
            mark = fence["mark"]
            yield f"{fence['indent']}{mark}{_options(fence['info'])}", True
        else:
            yield line, False


def _options(info: str) -> str:
    """Return what stands behind the fence: the language, and the name of the file that the block is."""
    words = info.split()
    if not words:
        return ""
    names = [one.removeprefix(_FILE) for one in words if one.startswith(_FILE)]
    return f'{words[0]} title="{names[0]}"' if names else words[0]


def _indented(lines: Iterator[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Yield the lines, those that belong to an item of a list as far in as Python-Markdown wants them."""
    # The columns at which the items begin that are open, and their text begins.
    open_items: list[tuple[int, int]] = []
    for line, is_code in lines:
        if not line.strip():
            yield line, is_code
            continue
        column = len(line) - len(line.lstrip())
        item = None if is_code else _ITEM.match(line)
        while open_items and column < open_items[-1][1]:
            if item is None and not is_code and _is_lazy(open_items, column):
                break
            open_items.pop()
        yield _moved(line, open_items), is_code
        if item is not None:
            open_items.append((column, item.end()))


def _is_lazy(open_items: list[tuple[int, int]], column: int) -> bool:
    """Return whether a line goes on with the paragraph of an item without being as far in as its text."""
    return column > open_items[-1][0]


def _moved(line: str, open_items: list[tuple[int, int]]) -> str:
    if not open_items:
        return line
    inner = open_items[-1][1]
    column = len(line) - len(line.lstrip())
    return " " * (_STEP * len(open_items) + max(column - inner, 0)) + line.lstrip()


def _spaced(lines: Iterator[tuple[str, bool]]) -> Iterator[str]:
    """Yield the lines, with an empty one before a list that follows a paragraph."""
    before, was_code = "", False
    for line, is_code in lines:
        starts = not is_code and _ITEM.match(line) is not None
        is_text = bool(before.strip()) and not was_code
        goes_on = _ITEM.match(before) is not None or before.startswith(" ")
        if starts and is_text and not goes_on:
            yield ""
        yield line
        before, was_code = line, is_code
