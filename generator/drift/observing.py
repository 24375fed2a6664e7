"""Findings from a log of `plexy_pay.drift`: what responses of the real API were, other than `spec/` says."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from .. import reading
from ..document import Document, Pointer, format_pointer, mapping
from ..naming import plain
from ..reading import Operation, call_of
from . import facts, words
from .finding import Append, Drop, Edit, Finding, Put, Rename, Verdict, merged
from .log import Log, Record
from .masking import Masking
from .shape import Shape, shape
from .spelling import told
from .ways import Ways

_UNKNOWN_PLACE = "`spec/` has no such place; the log may come from another version of the package"
_PLAIN = ("string", "integer", "number", "boolean")
#: Findings about one place that exclude each other.
_EXCLUSIVE = ("type", "property", "spelling")


def observe(spec: Document, log: Log, word: str, source: str, refused: Container[str] = ()) -> list[Finding]:
    """Turn the records of a log into findings.

    Args:
        spec: The bundled document of `spec/`.
        log: The records.
        word: The evidence of what is found.
        source: What to write as the source.
        refused: The ids of findings that no overlay can correct, which a person has to decide.
    """
    observer = _Observer(spec, log, word, source)
    found = [one for record in log.records for one in observer.findings(record)]
    agreed = merged([_agreed(one, found) for one in found])
    return [_by_hand(one) if one.id in refused else one for one in agreed]


def _agreed(one: Finding, found: Iterable[Finding]) -> Finding:
    """Hand a finding to a person if others tell something else of its place: the log does not say what is usual."""
    if one.kind not in _EXCLUSIVE or one.verdict is not Verdict.PATCH:
        return one
    texts = {other.text for other in found if other.kind in _EXCLUSIVE and other.where == one.where}
    return one if len(texts) == 1 else _by_hand(one, "; other things were seen there, too")


def _by_hand(one: Finding, why: str = "") -> Finding:
    return Finding(one.kind, Verdict.HAND, one.where, one.subject, one.text + why)


class _Observer:
    def __init__(self, spec: Document, log: Log, word: str, source: str) -> None:
        self._spec = spec
        self._log = log
        self._word = word
        self._source = source
        self._operations = {call_of(one): one for one in reading.operations(spec)}
        self._masking = Masking(spec)
        self._ways = Ways(spec)

    def findings(self, record: Record) -> Iterator[Finding]:
        operation = self._operations.get(record.operation)
        if operation is None:
            text = f"the log has it (line {record.line}), and `spec/` has no such operation: other version?"
            yield Finding("operation", Verdict.HAND, (), record.operation, text)
            return
        subject = f"{record.operation} {format_pointer(record.pointer)[1:] or '/'}"
        bodies = self._bodies(operation)
        if len(bodies) == 1:
            yield from self._at(record, operation, bodies.pop(), subject)
            return
        text = f"{_told(record)}; the operation has {len(bodies)} successful responses, the log names none"
        yield Finding(record.kind, Verdict.HAND, operation.pointer, subject, text)

    def _bodies(self, operation: Operation) -> set[Pointer]:
        """Return the schemas of the successful responses."""
        return {
            shape(self._spec, (*media.pointer, "schema")).pointer
            for status, response in operation.responses()
            if status.startswith("2")
            for media in reading.media_types(response)
            if "schema" in mapping(media.value)
        }

    def _at(self, record: Record, operation: Operation, root: Pointer, subject: str) -> Iterator[Finding]:
        *outer, last = record.pointer or ("",)
        holder = self._walk(root, outer)
        why = _objection(record, holder)
        if why or holder is None:
            yield Finding(record.kind, Verdict.HAND, operation.pointer, subject, f"{_told(record)}; {why}")
            return
        place = holder.properties.get(last)
        if record.kind == "unknown-field":
            yield from self._new(record, holder, last, subject)
        elif record.kind == "missing" and self._is_respelled(record, holder):
            return  # it came, under a name that has a finding of its own or is in `spec/` by now
        elif place is None:
            text = f"{_told(record)}; {_UNKNOWN_PLACE}"
            yield Finding(record.kind, Verdict.HAND, holder.pointer, subject, text)
        elif record.kind == "missing":
            yield from self._missing(holder, last, place, subject)
        elif record.kind == "type":
            yield from self._type(record, last, place, subject)
        else:
            text = (
                f"{_told(record)}; the log holds no values, so look at the response itself and add the word"
            )
            yield Finding(record.kind, Verdict.HAND, shape(self._spec, place).pointer, subject, text)

    def _walk(self, root: Pointer, tokens: Iterable[str]) -> Shape | None:
        """Return the shape of the object that the last token of a record is in."""
        found = shape(self._spec, root)
        for part in tokens:
            if part == "*" and found.items is not None:
                found = shape(self._spec, found.items)
            elif part in found.properties:
                found = shape(self._spec, found.properties[part])
            else:
                return None
        return None if found.variants else found

    # -- a field that `spec/` does not have ----------------------------------------------------------------------------

    def _new(self, record: Record, holder: Shape, name: str, subject: str) -> Iterator[Finding]:
        if name in holder.properties:
            return  # `spec/` has it by now
        spelled = [ours for ours in holder.properties if plain(ours) == plain(name)]
        if spelled:
            yield self._respelled(record, holder.properties[spelled[0]], name, subject)
            return
        text = f"a field that `spec/` does not have, seen as {record.seen}"
        why = _why_not_added(record, holder, name)
        if why:
            yield Finding("property", Verdict.HAND, holder.pointer, subject, f"{text}; {why}")
            return
        where = (*holder.pointer, "properties", name)
        value = self._property(record, holder, name)
        yield Finding("property", Verdict.PATCH, where, subject, text, (Put(where, value),))

    def _property(self, record: Record, holder: Shape, name: str) -> dict[str, Any]:
        text = "Seen in responses. What it means is not described yet."
        value = facts.new_property(name, record.seen, text)
        value |= self._masking.marks(name, value)
        if self._ways.is_sent(holder.pointer):
            # What was seen in a response is no parameter of the requests that the schema belongs to, too.
            value["readOnly"] = True
        return value | {"x-evidence": self._word, "x-source": [self._source]}

    def _respelled(self, record: Record, place: Pointer, name: str, subject: str) -> Finding:
        text = told(str(place[-1]), name, "response")
        word = facts.word_of(self._spec, place)
        there = shape(self._spec, place)
        if not _fits(there, record.seen, record.expected):
            text += f"; and it is {there.shown} here, seen as {record.seen}"
        elif word != facts.GUESS:
            text += f"; the property is {word}"
        else:
            return Finding("spelling", Verdict.PATCH, place, subject, text, (Rename(place, name),))
        return Finding("spelling", Verdict.HAND, place, subject, text)

    def _is_respelled(self, record: Record, holder: Shape) -> bool:
        """Whether a field that was missing came under another spelling."""
        *outer, last = record.pointer
        came = {
            other.pointer[-1]
            for other in self._log.records
            if other.kind == "unknown-field"
            and other.operation == record.operation
            and other.pointer[:-1] == tuple(outer)
        }
        names = came | holder.properties.keys() - {last}
        return any(plain(name) == plain(last) for name in names)

    # -- a field that `spec/` has --------------------------------------------------------------------------------------

    def _missing(self, holder: Shape, name: str, place: Pointer, subject: str) -> Iterator[Finding]:
        if name not in holder.required:
            return
        text = f"{name!r} is required in `spec/`, and was missing in a response"
        word = facts.word_of(self._spec, place)
        where = (*holder.pointer, "required")
        if word not in (facts.GUESS, self._word):
            text += f"; that it is there is {word}"
            yield Finding("required", Verdict.HAND, where, subject, text)
        else:
            yield Finding("required", Verdict.PATCH, where, subject, text, (Drop(where, name),))

    def _type(self, record: Record, name: str, place: Pointer, subject: str) -> Iterator[Finding]:
        there = shape(self._spec, place)
        if _fits(there, record.seen, record.expected):
            return  # `spec/` has it by now
        text = f"{there.shown} in `spec/`, seen as {record.seen}"
        why = self._why_not_retyped(record, name, place)
        if why:
            yield Finding("type", Verdict.HAND, place, subject, f"{text}; {why}")
            return
        if record.seen == "null":
            edits = nullable_edits(place, mapping(self._spec.get(place)))
        else:
            raised = facts.raised(self._spec, place, self._word, self._source)
            edits = (*_retyped(place, there, record.seen), *raised)
        yield Finding("type", Verdict.PATCH, place, subject, text, edits)

    def _why_not_retyped(self, record: Record, name: str, place: Pointer) -> str:
        """Return why a program does not write the type that was seen, or no text."""
        word = facts.word_of(self._spec, place)
        if record.seen == "null":
            if word not in (facts.GUESS, self._word):
                return f"that contradicts what is {word}"
            data = mapping(self._spec.get(place))
            return "" if nullable_edits(place, data) else "it is a union already"
        if word != facts.GUESS:
            return f"that contradicts what is {word}"
        if facts.is_amount(self._spec, name, place):
            return "it is an amount, and its unit is not to be guessed"
        if record.seen not in _PLAIN:
            return "the log does not say what is in it"
        there = shape(self._spec, place)
        if there.pointer != place or not there.types <= set(_PLAIN):
            return "it is more than one plain value in `spec/`, and used elsewhere perhaps"
        return ""


def _objection(record: Record, holder: Shape | None) -> str:
    """Return why a place of a response is for a person, or no text."""
    if not record.pointer and record.kind == "missing":
        return "a success came without content (204, 205), which `spec/` does not have"
    if holder is None:
        return _UNKNOWN_PLACE
    if not record.pointer or record.pointer[-1] == "*":
        return "a program cannot tell what else is in there"
    return ""


def _why_not_added(record: Record, holder: Shape, name: str) -> str:
    """Return why a program does not add a field, or no text."""
    if record.seen not in _PLAIN:
        return "the log does not say what is in it"
    if words.is_amount(name) and record.seen == "string":
        return "an amount as text has a unit that is not to be guessed"
    return "" if holder.key else "the object has no name in `spec/`"


def _retyped(place: Pointer, there: Shape, seen: str) -> tuple[Edit, ...]:
    kinds = [seen, "null"] if there.nullable else seen
    put = Put((*place, "type"), kinds)
    return (Drop((*place, "format")), put) if "format" in there.data else (put,)


def nullable_edits(place: Pointer, data: dict[str, object]) -> tuple[Edit, ...]:
    """Return the edits that let a property be null as well; none where it is a union or has no type."""
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
