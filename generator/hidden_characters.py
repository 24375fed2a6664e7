"""Find and escape characters that a reader does not see, or that change the order in which he sees the others.

A document is other people's text, and the package made of it is read and reviewed as code. So none of these characters
stands raw in a generated file:

* In text for people (docstrings, comments) it is spelled out, such as `\\u202e`. It is not refused: descriptions in
  right-to-left scripts have such characters in earnest, and a reader who sees that one was there has what he needs.
* In a value (an enumeration, a constant, a name of the wire) it is an escape of Python or JSON: the value stays what
  the document says, since the API compares it byte by byte.
* In what becomes a name of Python it falls away, like every other sign that no name may have.

At the end every file is looked through once more, whatever a template or a tool wrote.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

#: Control characters, format characters, and the separators of lines and paragraphs.
_CATEGORIES = ("Cc", "Cf", "Zl", "Zp", "Cs")
#: Fillers, and marks without a form of their own, which are letters or marks to Unicode; tags, and selectors of
#: variants but for those two that choose between a plain and a colored sign.
_MORE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0d\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def is_hidden(char: str) -> bool:
    """Return whether a reader may not see the character as what it is; the end of a line and the tab are seen."""
    if char.isascii():
        return not char.isprintable() and char not in "\n\t"
    return unicodedata.category(char) in _CATEGORIES or _MORE.match(char) is not None


def without_hidden(text: str) -> str:
    """Return the text without these characters, for what becomes a name."""
    return "".join(char for char in text if not is_hidden(char))


def spelled_out(text: str) -> str:
    """Return the text for people, each of these characters as its escape sequence."""
    return _replaced(text.replace("\r\n", "\n"), _as_python)


def in_json(text: str) -> str:
    """Return JSON with the same meaning, in which these characters are escaped."""
    return _replaced(text, _as_json)


def escape_in(files: Iterable[Path]) -> None:
    """Write these characters as escapes in Python files.

    Text for people has none by then, and no name has one: what is left stands in literals, where `repr` lets letters
    and marks through that Unicode calls printable.
    """
    for path in files:
        text = path.read_text("utf-8")
        escaped = _replaced(text, _as_python)
        if escaped != text:
            path.write_text(escaped, "utf-8")


def found_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield each of these characters, with its line from 1."""
    if _is_plain(text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if _is_plain(line):
            continue
        for char in line:
            if is_hidden(char):
                yield number, char


def _replaced(text: str, escape: Callable[[str], str]) -> str:
    if _is_plain(text):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not _is_plain(line):
            lines[number] = _line(line, escape)
    return "\n".join(lines)


def _line(line: str, escape: Callable[[str], str]) -> str:
    chars = list(line)
    for index, char in enumerate(chars):
        if is_hidden(char):
            chars[index] = escape(char)
    return "".join(chars)


def _is_plain(text: str) -> bool:
    """Return whether a text certainly has none of these characters, as most files and nearly all lines have none."""
    return text.isascii() and text.replace("\t", "").replace("\n", "").isprintable()


def _as_python(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _as_json(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)
    )
