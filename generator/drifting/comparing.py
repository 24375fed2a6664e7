"""Findings from an OpenAPI export: where the vendor's description and `spec/` differ."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from .. import reading
from ..coverage import call_of
from ..document import Document, Located, Pointer, mapping, sequence
from ..model.build import read as read_model
from ..naming import snake
from ..reading import Operation
from . import facts, words
from .building import Builder, CannotBuildError
from .comparing_schemas import PLAIN_TYPES, SchemaComparison
from .finding import (
    Append,
    Drop,
    Edit,
    Finding,
    Move,
    Put,
    Rename,
    merged,
)
from .given import Given
from .matching import bare, full_path, match
from .notes import Notes
from .shape import shape
from .source import Export

#: Headers that the client sends by itself: like those of the keys, they are no parameters.
_OWN_HEADERS = frozenset({"content-type", "accept", "user-agent"})


def compare(
    spec: Document, export: Export, word: str, source: str, refused: Container[str] = ()
) -> list[Finding]:
    """Compare an export with `spec/`.

    Args:
        spec: The bundled document of `spec/`.
        export: The vendor's description.
        word: The evidence of what it says.
        source: What to write as the source.
        refused: The ids of findings that no overlay can correct, which a person has to decide.
    """
    return _Comparison(spec, export, word, source, refused).findings()


class _Comparison:
    def __init__(
        self, spec: Document, export: Export, word: str, source: str, refused: Container[str]
    ) -> None:
        self._spec = spec
        self._export = export
        self._theirs = export.document
        self._word = word
        self._source = source
        families = read_model(spec)[0].families
        self._own_headers = _OWN_HEADERS | {family.header.lower() for family in families}
        self._notes = Notes(refused)
        self._builder = Builder(Given(spec, export.document, word, source))
        self._schemas = SchemaComparison(spec, export.document, word, source, self._notes, self._builder)

    def findings(self) -> list[Finding]:
        matches = match(self._spec, self._theirs)
        for ours, theirs in matches.pairs:
            self._operation(ours, theirs)
        for theirs, several in matches.ambiguous:
            names = ", ".join(map(call_of, several))
            text = f"the export has {_title(theirs)}, which may be {names}"
            self._notes.hand("operation", several[0].pointer, _title(theirs), text)
        for theirs in matches.only_there:
            text = (
                "an operation that `spec/` does not have. Decide its names in Python, its family, whether it moves "
                "money and how that is reconciled, then add it as spec/README.md says"
            )
            self._notes.hand("operation", ("paths",), _title(theirs), text)
        if self._export.is_whole:
            for ours in matches.only_here:
                self._notes.only_here(
                    "operation", ours.pointer, _subject(ours), "the export has no such operation"
                )
        self._schemas.compare_by_name()
        self._not_compared()
        self._schemas.raise_evidence()
        return merged(self._notes.found)

    # -- operations ------------------------------------------------------------------------------------------------

    def _operation(self, ours: Operation, theirs: Operation) -> None:
        subject = _subject(ours)
        known = self._place(ours, theirs, subject)
        marks = mapping(ours.data.get("x-evidence"))
        raised = {part: self._word for part in known if words.is_better(self._word, str(marks.get(part)))}
        if raised:
            text = "; ".join(f"{part}: {marks.get(part)} -> {word}" for part, word in raised.items())
            edits = [Put((*ours.pointer, "x-evidence", part), word) for part, word in raised.items()]
            more = facts.with_source(self._spec, ours.pointer, self._source)
            self._notes.patch("evidence", ours.pointer, subject, text, *edits, *more)
        self._parameters(ours, theirs, subject)
        self._body(ours, theirs, subject)
        self._answers(ours, theirs, subject)

    def _place(self, ours: Operation, theirs: Operation, subject: str) -> list[str]:
        """Compare method and path; gives which of them the export now confirms."""
        marks = mapping(ours.data.get("x-evidence"))
        path = full_path(theirs)
        same = {"method": ours.method == theirs.method, "path": bare(ours.path) == bare(path)}
        if all(same.values()):
            return ["method", "path"]
        shown = _title(theirs)
        wrong = [part for part, is_same in same.items() if not is_same]
        text = f"{ours.title} in `spec/`, {shown} in the export"
        if not words.is_path(path):
            text = (
                f"{ours.title} in `spec/`; the path in the export does not look like the template of a path"
            )
        words_now = {part: str(marks.get(part)) for part in wrong}
        known = [f"the {part} is {word}" for part, word in words_now.items() if word != facts.GUESS]
        kind = wrong[-1]
        template, edits, why = ours.path, tuple[Edit, ...](), ""
        if known:
            why = f"{' and '.join(known)}, which contradicts it"
        elif not words.is_path(path):
            why = "it may be one that somebody called"
        elif not same["path"]:
            template, edits, why = self._template(ours, theirs, path)
        taken = [
            other
            for other in reading.operations(self._spec)
            if other.method == theirs.method
            and bare(other.path) == bare(template)
            and other.pointer != ours.pointer
        ]
        if not why and taken:
            why = f"`spec/` has {_subject(taken[0])} there"
        if not why:
            template = self._spelt(template)
            move = Move(ours.path, ours.method, template, theirs.method)
            if self._notes.patch(kind, ours.pointer, subject, text, *edits, move):
                return ["method", "path"]
        else:
            self._notes.hand(kind, ours.pointer, subject, f"{text}; {why}")
        return [part for part, is_same in same.items() if is_same]

    def _spelt(self, template: str) -> str:
        """The template as `spec/` already spells it, if it has that path for another method."""
        for path in mapping(self._spec.data.get("paths")):
            if bare(path) == bare(template) and reading.template_names(path) == reading.template_names(
                template
            ):
                return path
        return template

    def _template(self, ours: Operation, theirs: Operation, path: str) -> tuple[str, tuple[Edit, ...], str]:
        """The new path with our names of its parameters, the edits of these, and why it cannot be written."""
        old, new = reading.template_names(ours.path), reading.template_names(path)
        by_name = {snake(name): name for name in old}
        if len(old) == len(new) == 1:
            return path.replace(f"{{{new[0]}}}", f"{{{old[0]}}}"), (), ""
        kept = {name: by_name[snake(name)] for name in new if snake(name) in by_name}
        gone = [name for name in old if name not in kept.values()]
        added = [name for name in new if name not in kept]
        if gone and added:
            return path, (), "which parameter of the path became which is not clear"
        if any(not words.is_name(name) for name in new) or len(set(new)) < len(new):
            return path, (), "a parameter of the path has an odd name"
        facts_used = str(mapping(ours.data.get("x-call-facts")))
        own = sequence(ours.data.get("parameters"))
        edits: list[Edit] = []
        for name in gone:
            if f"$request.path.{name}" in facts_used:
                return path, (), f"`x-call-facts` needs the parameter {name!r}, which the path has no more"
            index = next((n for n, one in enumerate(own) if mapping(one).get("name") == name), None)
            if index is None:
                return path, (), f"the parameter {name!r} is declared for several operations"
            edits.append(Drop((*ours.pointer, "parameters", index)))
        declared = {
            str(one.value.get("name")): one for one in theirs.parameters() if one.value.get("in") == "path"
        }
        for name in added:
            if name in declared:
                kind = shape(self._theirs, (*declared[name].pointer, "schema")).types & {"string", "integer"}
            else:
                kind = frozenset({"string"})
            value = _parameter(name, "path", {"type": min(kind, default="string")}, True)
            edits.append(Append((*ours.pointer, "parameters"), value))
        for name, our_name in kept.items():
            path = path.replace(f"{{{name}}}", f"{{{our_name}}}")
        return path, tuple(edits), ""

    # -- parameters ------------------------------------------------------------------------------------------------

    def _parameters(self, ours: Operation, theirs: Operation, subject: str) -> None:
        here = {_key(one): one for one in ours.parameters() if one.value.get("in") != "path"}
        there = {_key(one): one for one in theirs.parameters() if one.value.get("in") != "path"}
        for key, one in there.items():
            where, name = key
            if where == "header" and name in self._own_headers:
                continue
            if key in here:
                self._parameter(here[key], one, f"{subject} {where} {here[key].value.get('name')}")
            else:
                self._new_parameter(ours, one, subject)
        for key, one in here.items():
            if key not in there:
                text = "the export has no such parameter"
                self._notes.only_here(
                    "parameter", one.pointer, f"{subject} {key[0]} {one.value.get('name')}", text
                )
        self._path_parameters(ours, theirs, subject)

    def _path_parameters(self, ours: Operation, theirs: Operation, subject: str) -> None:
        """Their order tells which is which: the names are not sent."""
        declared = {
            str(one.value.get("name")): one for one in ours.parameters() if one.value.get("in") == "path"
        }
        theirs_by_name = {
            str(one.value.get("name")): one for one in theirs.parameters() if one.value.get("in") == "path"
        }
        old, new = reading.template_names(ours.path), reading.template_names(full_path(theirs))
        if len(old) == len(new):
            for mine, yours in zip(old, new, strict=True):
                if mine in declared and yours in theirs_by_name:
                    self._parameter(declared[mine], theirs_by_name[yours], f"{subject} path {mine}")

    def _parameter(self, ours: Located, theirs: Located, subject: str) -> None:
        is_path = ours.value.get("in") == "path"
        word = str(ours.value.get("x-evidence", facts.GUESS))
        mine = shape(self._spec, (*ours.pointer, "schema"))
        yours = shape(self._theirs, (*theirs.pointer, "schema"))
        place = (*ours.pointer, "schema")
        is_same = True
        if mine.types != yours.types and yours.types and not (is_path and mine.is_only("string")):
            text = f"{mine.shown} in `spec/`, {yours.shown} in the export"
            kinds = mine.types | yours.types
            if word == facts.GUESS and kinds <= PLAIN_TYPES and len(yours.types) == 1 and not mine.key:
                edits: list[Edit] = [Put((*place, "type"), next(iter(yours.types)))]
                if "format" in mine.data:
                    edits.append(Drop((*place, "format")))
                is_same = self._notes.patch("type", place, subject, text, *edits)
            else:
                self._notes.hand("type", place, subject, text)
                is_same = False
        elif yours.enum is not None and not is_path:
            is_same = self._schemas.compare_values(mine, yours, place, subject, word, None)
        required = theirs.value.get("required") is True
        if not is_path and required != (ours.value.get("required") is True):
            text = f"{'required' if required else 'not required'} in the export, and not so in `spec/`"
            if word == facts.GUESS:
                edit: Edit = Put((*ours.pointer, "required"), True)
                if not required:
                    edit = Drop((*ours.pointer, "required"))
                is_same = self._notes.patch("required", ours.pointer, subject, text, edit) and is_same
            else:
                self._notes.hand("required", ours.pointer, subject, f"{text}; the parameter is {word}")
        own = ours.value.get("x-evidence")
        if is_same and isinstance(own, str) and words.is_better(self._word, own):
            edits = list(facts.raised(self._spec, ours.pointer, self._word, self._source))
            self._notes.patch("evidence", ours.pointer, subject, f"{own} -> {self._word}", *edits)

    def _new_parameter(self, ours: Operation, theirs: Located, subject: str) -> None:
        where, name = str(theirs.value.get("in")), str(theirs.value.get("name"))
        is_fit = words.is_header(name) if where == "header" else words.is_name(name)
        if where not in ("query", "header") or not is_fit:
            text = "a parameter of the export cannot be taken over: its name or place is odd"
            self._notes.hand("parameter", ours.pointer, subject, text)
            return
        subject = f"{subject} {where} {name}"
        text = "a parameter that `spec/` does not have"
        is_required = theirs.value.get("required") is True
        if is_required and _weakest(ours) != facts.GUESS:
            text += f"; it is required in the export, and the operation is {_weakest(ours)} without it"
            self._notes.hand("parameter", ours.pointer, subject, text)
            return
        try:
            place = (*theirs.pointer, "schema")
            schema, edits = self._builder.body(_pascal(ours) + name[:1].upper() + name[1:], place)
            if shape(self._theirs, place).is_object or words.is_amount(name):
                raise CannotBuildError("it is an object, or an amount whose unit is not known")
        except CannotBuildError as error:
            self._notes.hand("parameter", ours.pointer, subject, f"{text}; {error}")
            return
        value = _parameter(name, where, schema, is_required)
        value |= {"x-evidence": self._word, "x-source": [self._source]}
        add = Append((*ours.pointer, "parameters"), value)
        self._notes.patch("parameter", (*ours.pointer, "parameters"), subject, text, *edits, add)

    # -- bodies ----------------------------------------------------------------------------------------------------

    def _body(self, ours: Operation, theirs: Operation, subject: str) -> None:
        mine, yours = ours.body(), theirs.body()
        if yours is None or not mapping(yours.value.get("content")):
            if mine is not None:
                self._notes.only_here("body", mine.pointer, subject, "the export has no request body")
            return
        media = _json(yours)
        if media is None:
            text = "the request body of the export is no JSON"
            self._notes.hand("body", ours.pointer, subject, text)
            return
        place = (*media.pointer, "schema")
        is_required = yours.value.get("required") is True
        if mine is None:
            self._new_body(ours, theirs, place, is_required, subject)
            return
        own = _json(mine)
        if own is not None:
            self._schemas.compare((*own.pointer, "schema"), place, f"{subject} body")
        if is_required and mine.value.get("required") is not True:
            text = "the request body is required in the export, and not in `spec/`"
            if _weakest(ours) == facts.GUESS:
                edit = Put((*mine.pointer, "required"), True)
                self._notes.patch("required", mine.pointer, subject, text, edit)
            else:
                self._notes.hand(
                    "required", mine.pointer, subject, f"{text}; the operation is {_weakest(ours)}"
                )

    def _new_body(
        self, ours: Operation, theirs: Operation, place: Pointer, is_required: bool, subject: str
    ) -> None:
        text = "a request body that `spec/` does not have"
        if theirs.method in ("get", "head", "delete"):
            self._notes.hand(
                "body", ours.pointer, subject, f"{text}; a {theirs.method.upper()} with one is unusual"
            )
            return
        try:
            schema, edits = self._builder.body(f"{_pascal(ours)}Request", place)
        except CannotBuildError as error:
            self._notes.hand("body", ours.pointer, subject, f"{text}; {error}")
            return
        content: dict[str, object] = {"application/json": {"schema": schema, "example": None}}
        value: dict[str, object] = {"required": is_required, "content": content}
        put = Put((*ours.pointer, "requestBody"), value)
        self._notes.patch("body", ours.pointer, subject, text, *edits, put)

    # -- answers ---------------------------------------------------------------------------------------------------

    def _answers(self, ours: Operation, theirs: Operation, subject: str) -> None:
        here = dict(ours.responses())
        there = {status: answer for status, answer in theirs.responses() if status != "default"}
        renamed = self._renamed(ours, here, there)
        for status, answer in there.items():
            if not (status.isdecimal() and len(status) == 3):
                self._notes.hand("status", ours.pointer, subject, "a status of the export is no number")
                continue
            old = renamed.get(status, status)
            place = (*ours.pointer, "responses", old)
            if old not in here:
                self._new_answer(ours, status, subject)
                continue
            is_there = True
            if old != status:
                text = f"the status of success is {old} in `spec/`, {status} in the export"
                is_there = self._notes.patch("status", place, subject, text, Rename(place, status))
            self._answer(here[old], answer, f"{subject} {old}")
            own = mapping(self._spec.get(place))
            evidence = str(own.get("x-evidence", _weakest(ours)))
            if is_there and "$ref" not in own and words.is_better(self._word, evidence):
                edits = facts.raised(self._spec, place, self._word, self._source)
                self._notes.patch(
                    "evidence", place, f"{subject} {old}", f"{evidence} -> {self._word}", *edits
                )
        for status in here:
            is_shared = "$ref" in mapping(self._spec.get((*ours.pointer, "responses", status)))
            # The shared errors are ours: spec/README.md says which ones every operation has.
            if status not in there and status not in renamed.values() and not is_shared:
                where = (*ours.pointer, "responses", status)
                self._notes.only_here("status", where, subject, f"the export has no status {status}")

    def _renamed(
        self, ours: Operation, here: dict[str, Located], there: dict[str, Located]
    ) -> dict[str, str]:
        """The one inferred status of success that turns out to be another one: new status -> ours."""
        mine = [status for status in here if status.startswith("2")]
        yours = [status for status in there if status.startswith("2")]
        if len(mine) == len(yours) == 1 and mine != yours:
            own = mapping(self._spec.get((*ours.pointer, "responses", mine[0])))
            if str(own.get("x-evidence", _weakest(ours))) == facts.GUESS and "$ref" not in own:
                return {yours[0]: mine[0]}
        return {}

    def _new_answer(self, ours: Operation, status: str, subject: str) -> None:
        text = f"the status {status}, which `spec/` does not have"
        shared = self._shared_answer(ours, status)
        if status[0] not in "45" or shared is None:
            why = (
                "a second kind of success needs a decision"
                if status[0] == "2"
                else "no shared answer fits it"
            )
            self._notes.hand("status", (*ours.pointer, "responses"), f"{subject} {status}", f"{text}; {why}")
            return
        place = (*ours.pointer, "responses", status)
        self._notes.patch("status", place, f"{subject} {status}", text, Put(place, {"$ref": shared}))

    def _shared_answer(self, ours: Operation, status: str) -> str | None:
        """The answer that the other operations of the family share for a status."""
        found: set[str] = set()
        for other in reading.operations(self._spec):
            if other.data.get("x-family") == ours.data.get("x-family"):
                answer = mapping(mapping(other.data.get("responses")).get(status))
                if isinstance(answer.get("$ref"), str):
                    found.add(answer["$ref"])
        return found.pop() if len(found) == 1 else None

    def _answer(self, ours: Located, theirs: Located, subject: str) -> None:
        mine, yours = _json(ours), _json(theirs)
        if mine is not None and yours is not None:
            self._schemas.compare((*mine.pointer, "schema"), (*yours.pointer, "schema"), subject)
        elif yours is not None and mapping(mapping(yours.value).get("schema")):
            text = "the export has a body for this answer, and `spec/` has none"
            self._notes.hand("body", ours.pointer, subject, text)

    # -- the rest --------------------------------------------------------------------------------------------------

    def _not_compared(self) -> None:
        there = self._theirs.data
        if mapping(there.get("webhooks")):
            text = (
                "the export describes webhooks, which are not compared. Compare them with `webhooks` by hand"
            )
            self._notes.hand("webhook", ("webhooks",), "webhooks", text)
        hosts = {
            str(mapping(one).get("url")).split("/")[2:3][0]
            for one in sequence(there.get("servers"))
            if _has_host(one)
        }
        own = {str(server.get("url")) for server in self._servers()}
        unknown = sorted(host for host in hosts if not any(f"//{host}" in url for url in own))
        if unknown:
            text = f"the export names {len(unknown)} origins that `spec/` does not have; a key goes to known ones only"
            self._notes.hand("server", ("servers",), "servers", text)

    def _servers(self) -> Iterator[dict[str, Any]]:
        yield from (mapping(one) for one in sequence(self._spec.data.get("servers")))
        for item in mapping(self._spec.data.get("paths")).values():
            for holder in (mapping(item), *(mapping(one) for one in mapping(item).values())):
                yield from (mapping(one) for one in sequence(holder.get("servers")))


def _has_host(server: object) -> bool:
    url = mapping(server).get("url")
    return isinstance(url, str) and "://" in url and len(url.split("/")) > 2 and "{" not in url


def _parameter(name: str, where: str, schema: dict[str, object], is_required: bool) -> dict[str, object]:
    return {
        "name": name,
        "in": where,
        **({"required": True} if is_required else {}),
        "description": "Named in the vendor's description. What it means is not described yet.",
        "schema": schema,
        "example": None,
    }


def _json(holder: Located) -> Located | None:
    """The JSON of a body or an answer."""
    for media in reading.media_types(holder):
        kind = str(media.pointer[-1]).split(";")[0].strip().lower()
        if kind in ("application/json", "*/*") or kind.endswith("+json"):
            return media
    return None


def _key(parameter: Located) -> tuple[str, str]:
    where, name = reading.parameter_key(parameter.value)
    return where, name.lower() if where == "header" else name


def _weakest(operation: Operation) -> str:
    marks = mapping(operation.data.get("x-evidence"))
    found = [str(marks.get(part, facts.GUESS)) for part in ("method", "path")]
    return next((word for word in found if words.is_better(found[0], word)), found[0])


def _subject(operation: Operation) -> str:
    return call_of(operation)


def _title(theirs: Operation) -> str:
    path = full_path(theirs)
    return (
        f"{theirs.method.upper()} {path}"
        if words.is_path(path)
        else f"{theirs.method.upper()} of an odd path"
    )


def _pascal(operation: Operation) -> str:
    name = str(operation.data.get("operationId", "Operation"))
    return name[:1].upper() + name[1:]
