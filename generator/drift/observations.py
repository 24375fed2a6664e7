"""Find where responses of the real API differed from `spec/`, from a log of `plexy_pay.drift`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..document import Document, Pointer, format_pointer, mapping
from ..identifiers import plain
from ..model import build, query
from ..model.api import Field, Model, Operation
from ..model.types import Type
from . import facts, words
from .finding import (
    Drop,
    Finding,
    Put,
    Rename,
    Verdict,
    for_overlay,
    for_person,
    merged,
)
from .given import schema_at
from .log import Log, Record
from .redaction import Redaction
from .spellings import told
from .type_edits import made_nullable, retyped
from .type_facts import (
    PLAIN,
    choices,
    format_of,
    item_of,
    kinds,
    model_of,
    shown,
    takes_null,
)

_UNKNOWN_PLACE = (
    "`spec/` has no such place; the log may come from another version of the package"
)
#: Findings about one place that exclude each other.
_EXCLUSIVE = ("type", "property", "spelling")


def observe(
    spec: Document, log: Log, word: str, source: str, refused: Container[str] = ()
) -> list[Finding]:
    """Turn the records of a log into findings.

    Args:
        spec: The bundled document of `spec/`.
        log: The records.
        word: The evidence of what is found.
        source: The text to write as the source.
        refused: The ids of findings that no overlay can correct, which a person has to decide.
    """
    observer = _Observer(spec, log, word, source)
    found: list[Finding] = []
    for record in log.records:
        found += observer.findings(record)
    agreed = merged([_agreed(one, found) for one in found])
    for index, one in enumerate(agreed):
        if one.id in refused:
            agreed[index] = _by_hand(one)
    return agreed


def _agreed(one: Finding, found: Iterable[Finding]) -> Finding:
    """Hand a finding to a person if others tell something else of its place: the log does not say what is usual."""
    if one.kind not in _EXCLUSIVE or one.verdict is not Verdict.PATCH:
        return one
    texts = {
        other.text
        for other in found
        if other.kind in _EXCLUSIVE and other.where == one.where
    }
    return (
        one if len(texts) == 1 else _by_hand(one, "; other things were seen there, too")
    )


def _by_hand(one: Finding, why: str = "") -> Finding:
    return for_person(one.kind, one.where, one.subject, one.text + why)


class _Part(NamedTuple):
    """A part of a response, and where `spec/` describes it."""

    type: Type
    place: Pointer

    @property
    def where(self) -> Pointer:
        """Return where its object is described, if it is one."""
        model = model_of(self.type)
        return self.place if model is None else model.origin.pointer

    @property
    def fields(self) -> Mapping[str, Field]:
        """Return its fields, if it is an object."""
        model = model_of(self.type)
        return {} if model is None else model.by_wire_name


class _Observer:
    def __init__(self, spec: Document, log: Log, word: str, source: str) -> None:
        self._spec = spec
        self._log = log
        self._word = word
        self._source = source
        self._api = build.read(spec).api
        self._operations = {one.call: one for one in self._api.operations}
        self._redaction = Redaction(self._api)
        self._sent = query.sent_components(self._api)

    def findings(self, record: Record) -> Iterator[Finding]:
        operation = self._operations.get(record.operation)
        if operation is None:
            text = f"the log has it (line {record.line}), and `spec/` has no such operation: other version?"
            yield for_person("operation", (), record.operation, text)
            return
        subject = f"{record.operation} {format_pointer(record.pointer)[1:] or '/'}"
        bodies = _bodies(operation)
        if len(bodies) == 1:
            yield from self._at(record, operation, bodies[0], subject)
            return
        text = f"{_told(record)}; the operation has {len(bodies)} successful responses, the log names none"
        yield for_person(record.kind, operation.origin.pointer, subject, text)

    def _at(
        self, record: Record, operation: Operation, root: _Part, subject: str
    ) -> Iterator[Finding]:
        *outer, last = record.pointer or ("",)
        holder = _walk(root, outer)
        why = _objection(record, holder)
        if why or holder is None:
            where, text = operation.origin.pointer, f"{_told(record)}; {why}"
            yield for_person(record.kind, where, subject, text)
            return
        field = holder.fields.get(last)
        if record.kind == "unknown-field":
            yield from self._new(record, holder, last, subject)
        elif record.kind == "missing" and self._is_respelled(record, holder):
            return  # it came, under a name that has a finding of its own or is in `spec/` by now
        elif field is None:
            text = f"{_told(record)}; {_UNKNOWN_PLACE}"
            yield for_person(record.kind, holder.where, subject, text)
        elif record.kind == "missing":
            yield from self._missing(holder, field, subject)
        elif record.kind == "type":
            yield from self._type(record, field, subject)
        else:
            text = f"{_told(record)}; the log holds no values, so look at the response itself and add the word"
            schema = schema_at(self._api, field.type, field.origin.pointer)
            where = field.origin.pointer if schema is None else schema.origin.pointer
            yield for_person(record.kind, where, subject, text)

    # -- a field that `spec/` does not have ----------------------------------------------------------------------------

    def _new(
        self, record: Record, holder: _Part, name: str, subject: str
    ) -> Iterator[Finding]:
        if name in holder.fields:
            return  # `spec/` has it by now
        spelled = [
            field for ours, field in holder.fields.items() if plain(ours) == plain(name)
        ]
        if spelled:
            yield self._respelled(record, spelled[0], name, subject)
            return
        text = f"a field that `spec/` does not have, seen as {record.seen}"
        why = _why_not_added(record, holder, name)
        if why:
            yield for_person("property", holder.where, subject, f"{text}; {why}")
            return
        where = (*holder.where, "properties", name)
        value = self._property(record, holder, name)
        yield for_overlay("property", where, subject, text, Put(where, value))

    def _property(self, record: Record, holder: _Part, name: str) -> dict[str, Any]:
        text = "Seen in responses. What it means is not described yet."
        value: dict[str, Any] = {"type": record.seen, "description": text}
        if words.is_amount(name) and record.seen in ("integer", "number"):
            value |= {
                "type": "number",
                "x-amount-unit": "unknown",
                "x-amount-unit-evidence": facts.GUESS,
            }
        value |= self._redaction.extensions(name, value)
        if holder.where in self._sent:
            # A field that was seen in a response is no parameter of the requests that the schema belongs to, too.
            value["readOnly"] = True
        return value | {"x-evidence": self._word, "x-source": [self._source]}

    def _respelled(
        self, record: Record, field: Field, name: str, subject: str
    ) -> Finding:
        text, place = told(field.wire_name, name, "response"), field.origin.pointer
        if not _fits(field.type, record.seen, record.expected):
            text += f"; and it is {shown(field.type)} here, seen as {record.seen}"
        elif field.evidence != facts.GUESS:
            text += f"; the property is {field.evidence}"
        else:
            return for_overlay("spelling", place, subject, text, Rename(place, name))
        return for_person("spelling", place, subject, text)

    def _is_respelled(self, record: Record, holder: _Part) -> bool:
        """Return whether a field that was missing came under another spelling."""
        *outer, last = record.pointer
        came = {
            other.pointer[-1]
            for other in self._log.records
            if other.kind == "unknown-field"
            and other.operation == record.operation
            and other.pointer[:-1] == tuple(outer)
        }
        names = came | holder.fields.keys() - {last}
        return any(plain(name) == plain(last) for name in names)

    # -- a field that `spec/` has --------------------------------------------------------------------------------------

    def _missing(self, holder: _Part, field: Field, subject: str) -> Iterator[Finding]:
        if not field.required:
            return
        name, word = field.wire_name, field.evidence
        text = f"{name!r} is required in `spec/`, and was missing in a response"
        where = (*holder.where, "required")
        if word not in (facts.GUESS, self._word):
            text += f"; that it is there is {word}"
            yield for_person("required", where, subject, text)
        else:
            yield for_overlay("required", where, subject, text, Drop(where, name))

    def _type(self, record: Record, field: Field, subject: str) -> Iterator[Finding]:
        if _fits(field.type, record.seen, record.expected):
            return  # `spec/` has it by now
        place = field.origin.pointer
        text = f"{shown(field.type)} in `spec/`, seen as {record.seen}"
        written = mapping(self._spec.get(place))
        why = self._why_not_retyped(record, field, written)
        if why:
            yield for_person("type", place, subject, f"{text}; {why}")
            return
        if record.seen == "null":
            edits = made_nullable(place, written)
        else:
            raised = facts.raised(field.origin, self._word, self._source)
            nullable = takes_null(field.type)
            edits = retyped(place, written, record.seen, nullable=nullable) + raised
        yield for_overlay("type", place, subject, text, *edits)

    def _why_not_retyped(
        self, record: Record, field: Field, written: dict[str, Any]
    ) -> str:
        """Return why a program does not write the type that was seen, or no text."""
        word = field.evidence
        if record.seen == "null":
            if word not in (facts.GUESS, self._word):
                return f"that contradicts what is {word}"
            is_possible = made_nullable(field.origin.pointer, written)
            return "" if is_possible else "it is a union already"
        if word != facts.GUESS:
            return f"that contradicts what is {word}"
        if facts.is_amount(field):
            return "it is an amount, and its unit is not to be guessed"
        if record.seen not in PLAIN:
            return "the log does not say what is in it"
        if "type" not in written or not kinds(field.type) <= PLAIN:
            return (
                "it is more than one plain value in `spec/`, and used elsewhere perhaps"
            )
        return ""


def _bodies(operation: Operation) -> list[_Part]:
    """Return the bodies of the successful responses, each type once."""
    found: dict[Type, _Part] = {}
    for response in operation.responses:
        if response.status.startswith("2") and response.type is not None:
            place = (*response.origin.pointer, "content", response.media_type, "schema")
            found.setdefault(response.type, _Part(response.type, place))
    return list(found.values())


def _walk(part: _Part, tokens: Iterable[str]) -> _Part | None:
    """Return the object that the last token of a record is in."""
    for name in tokens:
        item, field = item_of(part.type), part.fields.get(name)
        if name == "*" and item is not None:
            part = _Part(item, (*part.place, "items"))
        elif field is not None:
            part = _Part(field.type, field.origin.pointer)
        else:
            return None
    return None if choices(part.type) else part


def _objection(record: Record, holder: _Part | None) -> str:
    """Return why a place of a response is for a person, or no text."""
    if not record.pointer and record.kind == "missing":
        return "a success came without content (204, 205), which `spec/` does not have"
    if holder is None:
        return _UNKNOWN_PLACE
    if not record.pointer or record.pointer[-1] == "*":
        return "a program cannot tell what else is in there"
    return ""


def _why_not_added(record: Record, holder: _Part, name: str) -> str:
    """Return why a program does not add a field, or no text."""
    if record.seen not in PLAIN:
        return "the log does not say what is in it"
    if words.is_amount(name) and record.seen == "string":
        return "an amount as text has a unit that is not to be guessed"
    return (
        ""
        if isinstance(model_of(holder.type), Model)
        else "the object has no name in `spec/`"
    )


def _fits(here: Type, seen: str, expected: str) -> bool:
    """Return whether `spec/` says by now what was seen; a time that was no time is still text."""
    if seen == "null":
        return takes_null(here)
    if seen == "string" and (
        "date" in expected and format_of(here) in ("date", "date-time")
    ):
        return False
    return seen in kinds(here) or (seen == "integer" and "number" in kinds(here))


def _told(record: Record) -> str:
    return f"expected {record.expected}, seen {record.seen} (line {record.line} of the log)"
