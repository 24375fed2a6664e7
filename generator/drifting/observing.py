"""Findings from a log of `plexy_pay.drift`: what answers of the real API were seen to be, other than `spec/` says."""

from __future__ import annotations

from collections.abc import Container, Iterator

from .. import reading
from ..coverage import call_of
from ..document import Document, Pointer, format_pointer, mapping
from ..reading import Operation
from . import facts, words
from .finding import Append, Drop, Edit, Finding, Put, Verdict, merged
from .log import Log, Record
from .shape import Shape, shape

_UNKNOWN_PLACE = "`spec/` has no such place; the log may come from another version of the package"


def observe(spec: Document, log: Log, word: str, source: str, refused: Container[str] = ()) -> list[Finding]:
    """Turn the records of a log into findings.

    Args:
        spec: The bundled document of `spec/`.
        log: The records.
        word: The evidence of what is found.
        source: What to write as the source.
        refused: The ids of findings that no overlay can correct, which a person has to decide.
    """
    observer = _Observer(spec, word, source)
    found = [one for record in log.records for one in observer.findings(record)]
    return [
        Finding(one.kind, Verdict.HAND, one.where, one.subject, one.text) if one.id in refused else one
        for one in merged(list(_agreed(found)))
    ]


def _agreed(found: list[Finding]) -> Iterator[Finding]:
    """Of several types seen at one place, none is written: the log does not say which one is usual."""
    places: dict[Pointer, set[str]] = {}
    for one in found:
        if one.kind in ("type", "property"):
            places.setdefault(one.where, set()).add(one.text)
    for one in found:
        if one.kind in ("type", "property") and len(places[one.where]) > 1 and one.verdict is Verdict.PATCH:
            text = f"{one.text}; other types were seen there, too"
            yield Finding(one.kind, Verdict.HAND, one.where, one.subject, text)
        else:
            yield one


class _Observer:
    def __init__(self, spec: Document, word: str, source: str) -> None:
        self._spec = spec
        self._word = word
        self._source = source
        self._operations = {call_of(one): one for one in reading.operations(spec)}
        self._sensitive = words.sensitive_names(spec)

    def findings(self, record: Record) -> Iterator[Finding]:
        operation = self._operations.get(record.operation)
        if operation is None:
            text = f"the log has it (line {record.line}), and `spec/` has no such operation: other version?"
            yield Finding("operation", Verdict.HAND, (), record.operation, text)
            return
        subject = f"{record.operation} {format_pointer(record.pointer)[1:] or '/'}"
        answers = {
            shape(self._spec, (*media.pointer, "schema")).pointer
            for status, answer in operation.responses()
            if status.startswith("2")
            for media in reading.media_types(answer)
            if "schema" in mapping(media.value)
        }
        if len(answers) != 1:
            text = f"{_told(record)}; the operation has {len(answers)} successful answers, the log names none"
            yield Finding(record.kind, Verdict.HAND, operation.pointer, subject, text)
            return
        yield from self._at(record, operation, answers.pop(), subject)

    def _at(self, record: Record, operation: Operation, root: Pointer, subject: str) -> Iterator[Finding]:
        if not record.pointer and record.kind == "missing":
            text = f"{_told(record)}; a success came without content (204, 205), which `spec/` does not have"
            yield Finding(record.kind, Verdict.HAND, operation.pointer, subject, text)
            return
        *outer, last = record.pointer or ("",)
        holder = self._walk(root, tuple(outer))
        if not record.pointer or holder is None or last == "*":
            why = "a program cannot tell what else is in there" if holder is not None else _UNKNOWN_PLACE
            yield Finding(record.kind, Verdict.HAND, operation.pointer, subject, f"{_told(record)}; {why}")
            return
        place = holder.properties.get(last)
        if record.kind == "unknown-field":
            yield from self._new(record, holder, last, subject)
        elif place is None:
            text = f"{_told(record)}; {_UNKNOWN_PLACE}"
            yield Finding(record.kind, Verdict.HAND, holder.pointer, subject, text)
        elif record.kind == "missing":
            yield from self._missing(record, holder, last, place, subject)
        elif record.kind == "type":
            yield from self._type(record, last, place, subject)
        else:
            text = f"{_told(record)}; the log holds no values, so look at the answer itself and add the word"
            yield Finding(record.kind, Verdict.HAND, shape(self._spec, place).pointer, subject, text)

    def _walk(self, root: Pointer, tokens: tuple[str, ...]) -> Shape | None:
        """The shape of the object that the last token of a record is in."""
        found = shape(self._spec, root)
        for part in tokens:
            if part == "*" and found.items is not None:
                found = shape(self._spec, found.items)
            elif part in found.properties:
                found = shape(self._spec, found.properties[part])
            else:
                return None
        return None if found.variants else found

    def _new(self, record: Record, holder: Shape, name: str, subject: str) -> Iterator[Finding]:
        if name in holder.properties:
            return  # `spec/` has it by now
        text = f"a field that `spec/` does not have, seen as {record.seen}"
        why = ""
        if record.seen not in ("string", "integer", "number", "boolean"):
            why = "the log does not say what is in it"
        elif words.is_amount(name) and record.seen == "string":
            why = "an amount as text has a unit that is not to be guessed"
        elif not holder.key:
            why = "the object has no name in `spec/`"
        if why:
            yield Finding("property", Verdict.HAND, holder.pointer, subject, f"{text}; {why}")
            return
        value = facts.new_property(
            name,
            record.seen,
            "Seen in answers. What it means is not described yet.",
            self._word,
            self._source,
            self._sensitive,
        )
        where = (*holder.pointer, "properties", name)
        yield Finding("property", Verdict.PATCH, where, subject, text, (Put(where, value),))

    def _missing(
        self, record: Record, holder: Shape, name: str, place: Pointer, subject: str
    ) -> Iterator[Finding]:
        if name not in holder.required:
            return
        text = f"{name!r} is required in `spec/`, and was missing in an answer"
        word = facts.word_of(self._spec, place)
        where = (*holder.pointer, "required")
        if word not in (facts.GUESS, self._word):
            text += f"; that it is there is {word}"
            yield Finding("required", Verdict.HAND, where, subject, text)
        else:
            yield Finding("required", Verdict.PATCH, where, subject, text, (Drop(where, name),))

    def _type(self, record: Record, name: str, place: Pointer, subject: str) -> Iterator[Finding]:
        there = shape(self._spec, place)
        word = facts.word_of(self._spec, place)
        text = f"{there.shown} in `spec/`, seen as {record.seen}"
        if _fits(there, record.seen, record.expected):
            return  # `spec/` has it by now
        edits, why = self._retyped(there, place, record.seen)
        if record.seen == "null":
            may = word in (facts.GUESS, self._word)
        else:
            may = word == facts.GUESS
            if facts.is_amount(self._spec, name, place):
                why = "it is an amount, and its unit is not to be guessed"
        if not may:
            why = f"that contradicts what is {word}"
        if why:
            yield Finding("type", Verdict.HAND, place, subject, f"{text}; {why}")
            return
        raising = facts.raised(self._spec, place, self._word, self._source) if record.seen != "null" else ()
        yield Finding("type", Verdict.PATCH, place, subject, text, (*edits, *raising))

    def _retyped(self, there: Shape, place: Pointer, seen: str) -> tuple[tuple[Edit, ...], str]:
        """The edits that make a property what was seen, or why there are none."""
        data = mapping(self._spec.get(place))
        if seen == "null":
            return nullable_edits(place, data), "" if nullable_edits(place, data) else "it is a union already"
        if seen not in ("string", "integer", "number", "boolean"):
            return (), "the log does not say what is in it"
        if there.pointer != place or not there.types <= {"string", "integer", "number", "boolean"}:
            return (), "it is more than one plain value in `spec/`, and used elsewhere perhaps"
        dropped: tuple[Edit, ...] = (Drop((*place, "format")),) if "format" in data else ()
        kinds = [seen, "null"] if there.nullable else seen
        return (*dropped, Put((*place, "type"), kinds)), ""


def nullable_edits(place: Pointer, data: dict[str, object]) -> tuple[Edit, ...]:
    """The edits that let a property be null as well; none where it is a union or has no type."""
    kind = data.get("type")
    if isinstance(kind, str):
        return (Put((*place, "type"), [kind, "null"]),)
    if isinstance(kind, list):
        return (Append((*place, "type"), "null"),)
    if isinstance(data.get("$ref"), str):
        union = [{"$ref": data["$ref"]}, {"type": "null"}]
        return (Put((*place, "oneOf"), union), Drop((*place, "$ref")))
    return ()


def _fits(there: Shape, seen: str, expected: str) -> bool:
    """Whether what was seen is what `spec/` says by now; a time that was no time still has the type of text."""
    if seen == "null":
        return there.nullable
    if seen == "string" and ("date" in expected and there.format in ("date", "date-time")):
        return False
    return seen in there.types or (seen == "integer" and "number" in there.types)


def _told(record: Record) -> str:
    return f"expected {record.expected}, seen {record.seen} (line {record.line} of the log)"
