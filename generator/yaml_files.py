"""Read one YAML or JSON file as plain values, and keep where each of them stands.

Values follow the core schema of YAML 1.2. PyYAML's own loaders follow YAML 1.1: they turn `no` into False,
`12:30` into a number and `2025-03-14` into a date, and let the second of two equal keys win in silence. So
only its parser is used, which is fast and knows the lines.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import yaml

from .diagnostics import Diagnostic, SpecError
from .document import Location, Mark

#: Far more than a document has, and little enough for Python's stack.
_MAX_DEPTH = 100
#: Aliases can make a small file as large as one likes. A value that is written takes a character at least, so
#: this many values more than that come from aliases.
_MAX_ALIASED = 100_000

_TAG = "tag:yaml.org,2002:"
_STRING = _TAG + "str"
_KINDS = {
    _TAG + "null": re.compile(r"(?:~|null|Null|NULL|)\Z"),
    _TAG + "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    _TAG + "int": re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"),
    _TAG + "float": re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
    ),
}
#: First characters of plain scalars that are not text.
_STARTS = frozenset("~nNtTfF-+.0123456789")
_SURROGATE_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)


class SourceFile(NamedTuple):
    """Values of a file, and where each of them stands."""

    name: str
    value: Any
    mark: Mark


def read(path: Path, name: str) -> SourceFile:
    """Read a YAML or JSON file.

    Args:
        path: The file.
        name: The name in diagnostics.

    Raises:
        SpecError: The file is not YAML, or says something that a JSON document cannot hold.
    """
    return read_text(text_of(path, name), name)


def read_text(text: str, name: str) -> SourceFile:
    """Read YAML or JSON that is there as text.

    Args:
        text: The text of the file.
        name: The name in diagnostics.

    Raises:
        SpecError: It is not YAML, or says something that a JSON document cannot hold.
    """
    parser = yaml.CLoader(_joined_surrogates(text))
    builder = _Builder(parser, name, len(text) + _MAX_ALIASED)
    try:
        return builder.file()
    except yaml.MarkedYAMLError as error:
        raise SpecError([_syntax_diagnostic(error, name)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        raise _stop(
            name, line, f"the file is not YAML: {error.reason}", "remove the character"
        ) from None
    finally:
        parser.dispose()


def text_of(path: Path, name: str) -> str:
    """Return the text of a file.

    Raises:
        SpecError: The file cannot be read, or is not UTF-8.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _stop(
            name,
            1,
            f"the file cannot be read: {error.strerror}",
            "check the path and its rights",
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _stop(
            name, line, "the file is not UTF-8 text", "save it as UTF-8"
        ) from None


def _joined_surrogates(text: str) -> str:
    """Join the two escapes that JSON writes for a character beyond U+FFFF, which YAML does not know."""

    def join(match: re.Match[str]) -> str:
        pair = bytes.fromhex(match[2] + match[3]).decode("utf-16-be")
        return f"{match[1]}\\U{ord(pair):08x}"

    return _SURROGATE_PAIR.sub(join, text) if "\\u" in text else text


def _stop(name: str, line: int, message: str, fix: str) -> SpecError:
    return SpecError([Diagnostic(name, line, message, fix)])


def _syntax_diagnostic(error: yaml.MarkedYAMLError, name: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line = 1 if mark is None else mark.line + 1
    what = error.problem or "it cannot be parsed"
    if error.context is not None and error.context_mark is not None:
        what += f" ({error.context} that starts on line {error.context_mark.line + 1})"
    return Diagnostic(
        name,
        line,
        f"the file is not YAML: {what}",
        "correct the YAML here or just above",
    )


class _Builder:
    """Turn the parser's events into plain values.

    PyYAML can also compose the events to nodes; its C code for that overruns its stack on deep nesting.
    """

    def __init__(self, parser: yaml.CLoader, name: str, limit: int) -> None:
        self._parser = parser
        self._name = name
        self._limit = limit
        self._diagnostics: list[Diagnostic] = []
        self._count = 0
        self._anchors: dict[str, tuple[Any, Mark, int]] = {}

    def file(self) -> SourceFile:
        self._event()  # the start of the stream
        if isinstance(self._event(), yaml.StreamEndEvent):
            raise _stop(
                self._name,
                1,
                "the file is empty",
                "write the document, or delete the file",
            )
        event = self._event()
        value, mark = self._node(event, _line(event), 0)
        self._event()  # the end of the document
        event = self._event()
        if not isinstance(event, yaml.StreamEndEvent):
            message = "the file holds more than one YAML document"
            self._diagnostic(_line(event), message, "keep one document per file")
        if self._diagnostics:
            raise SpecError(self._diagnostics)
        return SourceFile(self._name, value, mark)

    def _event(self) -> yaml.Event:
        event = self._parser.get_event()
        # the stream's end is an event, too, and nobody asks beyond it
        assert event is not None
        return event

    def _node(self, event: yaml.Event, line: int, depth: int) -> tuple[Any, Mark]:
        before = self._count
        self._count += 1
        if depth > _MAX_DEPTH:
            self._fail(
                line,
                f"values are nested more than {_MAX_DEPTH} deep",
                "name inner parts and use a $ref",
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, line)
        mark = Mark(Location(self._name, line))
        value: Any = None
        if isinstance(event, yaml.MappingStartEvent):
            self._check_tag(event.tag, "map", line)
            value = {}
            for key, key_line, item in self._entries(depth):
                value[key], mark.children[key] = self._node(item, key_line, depth + 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._check_tag(event.tag, "seq", line)
            value = []
            while not isinstance(item := self._event(), yaml.SequenceEndEvent):
                child, mark.children[str(len(value))] = self._node(
                    item, _line(item), depth + 1
                )
                value.append(child)
        elif isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[str(anchor)] = value, mark, self._count - before
        return value, mark

    def _alias(self, event: yaml.AliasEvent, line: int) -> tuple[Any, Mark]:
        name = str(event.anchor)
        if name not in self._anchors:
            self._fail(
                line,
                f"the alias *{name} has no anchor before it",
                f"write &{name} before what it stands for",
            )
        value, mark, size = self._anchors[name]
        self._count += size
        if self._count > self._limit:
            self._fail(
                line,
                "the file's aliases make it far too large",
                "write the values out, or use a $ref",
            )
        return copy.deepcopy(value), mark

    def _entries(self, depth: int) -> Iterator[tuple[str, int, yaml.Event]]:
        first: dict[str, int] = {}
        while not isinstance(event := self._event(), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._fail(line, "a key is not text", "write the key as text")
            # Keys are text in JSON: the status 200 is the key "200", with quotes or without.
            key = str(event.value)
            if key == "<<" and event.implicit[0]:
                self._diagnostic(
                    line,
                    "YAML 1.2 has no merge key `<<`",
                    "write the entries out, or use a $ref",
                )
            elif key in first:
                self._diagnostic(
                    line,
                    f"the key {key!r} is already on line {first[key]}",
                    "remove or rename one of them",
                )
            first.setdefault(key, line)
            yield key, line, self._event()

    def _scalar(
        self, event: yaml.ScalarEvent, line: int
    ) -> str | int | float | bool | None:
        text = str(event.value)
        tag = _implicit_tag(text) if event.implicit[0] else event.tag
        if event.implicit[1] or tag in (None, "!", _STRING):
            return text
        pattern = _KINDS.get(tag)
        if pattern is None or not pattern.match(text):
            self._diagnostic(
                line,
                f"{text!r} does not fit its tag {tag!r}",
                "remove the tag, or correct the value",
            )
            return None
        match tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return self._int(text, line)
            case _:
                return self._float(text, line)

    def _int(self, text: str, line: int) -> int | None:
        try:
            return (
                int(text[2:], {"0o": 8, "0x": 16}[text[:2]])
                if text[:2] in ("0o", "0x")
                else int(text)
            )
        except ValueError:  # more digits than Python reads
            self._diagnostic(line, "the number has too many digits", "quote it as text")
            return None

    def _float(self, text: str, line: int) -> float | None:
        number = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        if math.isfinite(number):
            return number
        self._diagnostic(
            line,
            f"JSON has no number {text}",
            "write a finite number, or quote it as text",
        )
        return None

    def _check_tag(self, tag: object, kind: str, line: int) -> None:
        if tag not in (None, "!", _TAG + kind):
            self._diagnostic(
                line,
                f"the tag {tag!r} is not part of YAML's core schema",
                "remove the tag",
            )

    def _diagnostic(self, line: int, message: str, fix: str) -> None:
        self._diagnostics.append(Diagnostic(self._name, line, message, fix))

    def _fail(self, line: int, message: str, fix: str) -> NoReturn:
        self._diagnostic(line, message, fix)
        raise SpecError(self._diagnostics)


def _implicit_tag(text: str) -> str:
    """Return what a plain scalar is."""
    if not text or text[0] in _STARTS:
        for tag, pattern in _KINDS.items():
            if pattern.match(text):
                return tag
    return _STRING


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else mark.line + 1
