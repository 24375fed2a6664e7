"""Applies OpenAPI Overlay 1.0 documents: corrections of the bundled document that stay in files of their own.

An overlay lists actions. Each has a `target`, a JSONPath (RFC 9535), and merges an `update` into what that selects or
removes it. Where the specification lets a mistake pass in silence, this module stops: a target that selects nothing,
an update that the generators would not see. Parts that come from an overlay keep the file and the line of the overlay.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import NameSelector

from .document import (
    Document,
    Mark,
    Pointer,
    child,
    format_pointer,
    is_mapping,
    is_sequence,
    mapping,
    parse_pointer,
    reference_of,
    references,
)
from .problems import Problem, SpecError, meant
from .yaml_files import SourceFile, read

_JSONPATH = JSONPathEnvironment(strict=True)
#: Its own errors, and those of the numbers that it cannot read (`$[1e9]`).
_BAD_JSONPATH = (JSONPathError, ArithmeticError, ValueError)
_VERSION = re.compile(r"1\.0\.[0-9]+(?:-.+)?\Z")
_KEYS = ("overlay", "info", "extends", "actions")
_INFO_KEYS = ("title", "version")
_ACTION_KEYS = ("target", "description", "update", "remove")

#: What may stand beside a `$ref` and is read there; any other keyword would be lost.
_BESIDE_A_REFERENCE = frozenset(
    {"summary", "description", "title", "default", "deprecated", "example", "examples"}
)
_PRINT = "`python -m generator bundle` prints the document that targets are looked up in"


class _Action(NamedTuple):
    """One action of an overlay.

    Attributes:
        query: The target, ready to be looked up.
        target: The target as it is written.
        mark: Where the action and its parts are written.
        update: What to merge, unless `remove`.
        remove: Whether to remove what the target selects.
    """

    query: JSONPath
    target: str
    mark: Mark
    update: Any
    remove: bool


def apply(document: Document, overlays: Sequence[Path]) -> Document:
    """The document with the overlays applied in their order; the given one stays as it is.

    Args:
        document: The bundled document.
        overlays: The files, YAML or JSON. Each is applied to what those before it made.

    Raises:
        SpecError: An overlay is broken, an action does not fit the document, or a reference leads nowhere afterwards.
    """
    if not overlays:
        return document
    problems: list[Problem] = []
    actions: list[_Action] = []
    for path in overlays:
        try:
            reader = _Reader(read(path, path.as_posix()))
        except SpecError as error:
            problems += error.problems
            continue
        actions += reader.actions()
        problems += reader.problems
    if problems:
        raise SpecError(problems)
    editor = _Editor(document)
    for action in actions:
        editor.run(action)
    problems = editor.problems or list(_broken_references(editor.document))
    if problems:
        raise SpecError(problems)
    return editor.document


class _Reader:
    """Reads the actions of one overlay, and says all that is wrong with it at once."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self.problems: list[Problem] = []

    def actions(self) -> list[_Action]:
        root, mark = self._file.value, self._file.mark
        if not is_mapping(root) or "overlay" not in root:
            self._report(mark, "the file is not an overlay", "begin it with `overlay: 1.0.0`")
            return []
        self._check_keys(root, mark, _KEYS, "the overlay")
        version = root["overlay"]
        if not isinstance(version, str) or not _VERSION.match(version):
            message = f"overlay version {version!r} is not supported"
            self._report(mark.child("overlay"), message, "write `overlay: 1.0.0`")
        self._check_info(root.get("info"), mark.child("info"))
        if not isinstance(root.get("extends", ""), str):
            self._report(mark.child("extends"), "`extends` is not text", "write an address, or remove it")
        actions, place = root.get("actions"), mark.child("actions")
        if not is_sequence(actions) or not actions:
            self._report(place, "the overlay has no actions", "list at least one under `actions:`")
            return []
        read_actions = (self._action(action, place.child(index)) for index, action in enumerate(actions))
        return [action for action in read_actions if action is not None]

    def _check_info(self, info: object, mark: Mark) -> None:
        if not is_mapping(info):
            self._report(mark, "the overlay has no `info`", "write `info:` with `title:` and `version:`")
            return
        self._check_keys(info, mark, _INFO_KEYS, "`info`")
        for key in _INFO_KEYS:
            if not isinstance(info.get(key), str):
                message = f"`info` has no `{key}` that is text"
                self._report(mark.child(key), message, f"write `{key}:`, in quotes if it looks like a number")

    def _action(self, action: object, mark: Mark) -> _Action | None:
        if not is_mapping(action):
            self._report(
                mark, "an action is not a mapping", "write `target:` with `update:` or `remove: true`"
            )
            return None
        self._check_keys(action, mark, _ACTION_KEYS, "the action")
        if not isinstance(action.get("description", ""), str):
            self._report(mark.child("description"), "`description` is not text", "write text, or remove it")
        remove = action.get("remove", False)
        if not isinstance(remove, bool):
            self._report(mark.child("remove"), "`remove` is not true or false", "write `remove: true`")
        elif remove == ("update" in action):
            message = "the action has both `update` and `remove`" if remove else "the action does nothing"
            self._report(mark, message, "give it either `update:` or `remove: true`")
        target = action.get("target")
        if not isinstance(target, str):
            self._report(
                mark.child("target"), "the action has no `target`", "write a JSONPath such as `$.info`"
            )
            return None
        query = self._query(target, mark.child("target"))
        return None if query is None else _Action(query, target, mark, action.get("update"), remove is True)

    def _query(self, target: str, mark: Mark) -> JSONPath | None:
        if not target.startswith("$"):
            message = f"the target {target!r} is not a JSONPath: it does not begin with `$`"
            self._report(mark, message, "write one such as `$.paths['/v1/payouts'].get`")
            return None
        try:
            query = _JSONPATH.compile(target)
        except _BAD_JSONPATH as error:
            message = f"the target {target!r} is not a JSONPath: {error.args[0]}"
            fix = "correct it (RFC 9535); names with signs are written `['/v1/payouts']`"
            self._report(mark, message, fix)
            return None
        assert isinstance(query, JSONPath)  # in strict mode there are no compound paths
        return query

    def _check_keys(self, value: dict[str, Any], mark: Mark, known: tuple[str, ...], what: str) -> None:
        for key in value:
            if key not in known and not key.startswith("x-"):
                fix = meant(key, known, f"use {', '.join(known)}, or a key with `x-`")
                self._report(mark.child(key), f"{what} has the unknown key {key!r}", fix)

    def _report(self, mark: Mark, message: str, fix: str) -> None:
        self.problems.append(Problem(mark.location.file, mark.location.line, message, fix))


class _Editor:
    """Runs actions on a copy of a document, and keeps its source map true.

    What an overlay brings has its place there. So has each object and list that it changed, without the parts that it
    left alone: what is wrong with the whole is wrong since then.
    """

    def __init__(self, document: Document) -> None:
        self.document = Document(copy.deepcopy(document.data), _own(document.marks))
        self.problems: list[Problem] = []

    def run(self, action: _Action) -> None:
        """Run one action; what keeps it from being done is reported, and the next one still runs."""
        try:
            selected = [match.parts for match in action.query.finditer(self.document.data)]
        except _BAD_JSONPATH as error:
            message = f"the target {action.target!r} cannot be looked up: {error.args[0]}"
            self._report(action.mark.child("target"), message, "write a simpler one")
            return
        if not selected:
            message = f"the target {action.target!r} matches nothing"
            self._report(action.mark.child("target"), message, _advice(action.query, self.document.data))
        elif action.remove:
            # The last item of a list first, and what is inside before what holds it: places stay true that way.
            for pointer in sorted(
                dict.fromkeys(selected), key=lambda parts: (len(parts), parts), reverse=True
            ):
                self._remove(pointer, action)
        else:
            for pointer in dict.fromkeys(selected):
                self._update(pointer, action)

    def _update(self, pointer: Pointer, action: _Action) -> None:
        value, mark = self.document.get(pointer), self._mark(pointer)
        place = action.mark.child("update")
        if is_sequence(value):
            self._append(value, mark, [action.update], [place])
        elif not is_mapping(value):
            message = f"the target {action.target!r} selects {_kind(value)}, into which nothing can be merged"
            fix = "target the object that holds it, and write its key and new value under `update:`"
            self._report(action.mark.child("target"), message, fix)
        elif not is_mapping(action.update):
            message = f"the target selects an object, and `update` is {_kind(action.update)}"
            self._report(place, message, "write the keys to merge, each with its value")
        else:
            self._merge(value, mark, action.update, place)

    def _merge(self, old: dict[str, Any], mark: Mark, new: dict[str, Any], place: Mark) -> None:
        for key, value in new.items():
            there, source = old.get(key), place.child(key)
            if is_mapping(there) and is_mapping(value):
                inner = mark.children.setdefault(key, Mark(mark.location))
                self._merge(there, inner, value, source)
            elif is_sequence(there) and is_sequence(value):
                inner = mark.children.setdefault(key, Mark(mark.location))
                self._append(there, inner, value, [source.child(index) for index in range(len(value))])
            elif key in old and _kind(there) != _kind(value) and {_kind(there), _kind(value)} & _CONTAINERS:
                message = f"`{key}` is {_kind(there)}, into which {_kind(value)} cannot be merged"
                self._report(source, message, f"remove `{key}` in an action before this one")
            else:
                old[key], mark.children[key] = copy.deepcopy(value), _own(source)
        mark.location = place.location
        reference = reference_of(old)
        lost = [
            key for key in (old if "$ref" in new else new) if reference and _is_lost_beside_a_reference(key)
        ]
        if lost:
            names = ", ".join(f"`{name}`" for name in lost)
            message = f"{names} beside the `$ref` to '{reference}' would be lost"
            self._report(place, message, "target what it refers to, or remove the object that holds it first")

    @staticmethod
    def _append(old: list[Any], mark: Mark, new: list[Any], places: list[Mark]) -> None:
        for item, place in zip(new, places, strict=True):
            mark.children[str(len(old))] = _own(place)
            mark.location = place.location
            old.append(copy.deepcopy(item))

    def _remove(self, pointer: Pointer, action: _Action) -> None:
        if not pointer:
            message = "the document as a whole cannot be removed"
            self._report(action.mark.child("target"), message, "target a part of it")
            return
        *outer, last = pointer
        holder, mark = self.document.get(tuple(outer)), self._mark(tuple(outer))
        marks, mark.location = mark.children, action.mark.location
        if is_mapping(holder):
            del holder[str(last)]
            marks.pop(str(last), None)
        elif is_sequence(holder):
            gone = int(last)
            del holder[gone]
            kept = {index: marks.pop(str(index)) for index in range(len(holder) + 1) if str(index) in marks}
            marks.update((str(i - (i > gone)), mark) for i, mark in kept.items() if i != gone)

    def _mark(self, pointer: Pointer) -> Mark:
        """The mark at a place, made where it is not known, so that its children can be set."""
        mark = self.document.marks
        for token in pointer:
            mark = mark.children.setdefault(str(token), Mark(mark.location))
        return mark

    def _report(self, mark: Mark, message: str, fix: str) -> None:
        self.problems.append(Problem(mark.location.file, mark.location.line, message, fix))


_CONTAINERS = {"an object", "a list"}


def _kind(value: object) -> str:
    if is_mapping(value):
        return "an object"
    return "a list" if is_sequence(value) else "a single value"


def _is_lost_beside_a_reference(key: str) -> bool:
    return key != "$ref" and key not in _BESIDE_A_REFERENCE and not key.startswith("x-")


def _own(mark: Mark) -> Mark:
    """A copy of a mark with copies of its children; in a document two places may share one."""
    return Mark(mark.location, {key: _own(inner) for key, inner in mark.children.items()})


def _advice(query: JSONPath, data: object) -> str:
    """What to do about a target that matches nothing: where a plain path of names leaves the document."""
    value, path = data, "$"
    for segment in query.segments:
        selector = segment.selectors[0] if len(segment.selectors) == 1 else None
        if not isinstance(segment, JSONPathChildSegment) or not isinstance(selector, NameSelector):
            break
        name, found = selector.name, child(value, selector.name)
        if found is None:
            if (reference := reference_of(value)) is not None:
                return f"`{path}` refers to '{reference}'; target that"
            near = difflib.get_close_matches(name, list(mapping(value)), 1)
            if near:
                return f"did you mean `{path}[{near[0]!r}]`?"
            return f"`{path}` has no {name!r}; correct the target ({_PRINT})"
        value, path = found, f"{path}[{name!r}]"
    return f"correct the target; {_PRINT}"


def _broken_references(document: Document) -> Iterator[Problem]:
    for pointer, target in references(document.data):
        if not target.startswith("#/"):
            message = f"{target!r} leads out of the document"
            yield document.problem(
                pointer, message, "write `#/components/schemas/KEY`: the files are one by now"
            )
        elif document.get(parse_pointer(target)) is None:
            message = f"'{format_pointer(parse_pointer(target))}' leads nowhere once the overlay is applied"
            fix = "correct the reference, or keep what it refers to; an overlay can do both"
            yield document.problem(pointer, message, fix)
