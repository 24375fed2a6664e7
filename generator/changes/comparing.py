"""Compares two bundled documents, part by part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from ..document import Document, format_pointer, is_mapping, mapping, sequence
from . import derived, operations, schemas
from .change import Change, Level
from .findings import MISSING, Findings, Handler, Place, changed, same
from .side import ANSWER, METHODS, REQUEST, Side

BREAKING, ADDITIVE, DOCS = Level.BREAKING, Level.ADDITIVE, Level.DOCS

#: What a component is worth to a user: nothing but the places that refer to it, which are compared themselves.
_PARTS = (
    "parameters",
    "responses",
    "requestBodies",
    "headers",
    "examples",
    "links",
    "callbacks",
    "pathItems",
)


def compare(old: Document, new: Document) -> list[Change]:
    """Every difference that a user of the package can notice, in the order of the documents.

    Args:
        old: A bundled document, with the places at which its parts were written, as far as they are known.
        new: Another one.
    """
    found = _described(old, new)
    if found.changes:
        derived.compare(found)
    return _once(found.changes)


def compare_described(old: Document, new: Document) -> list[Change]:
    """As `compare`, without what only follows from a change elsewhere; every difference is reported here already."""
    return _once(_described(old, new).changes)


def _described(old: Document, new: Document) -> Findings:
    found = Findings(Side(old), Side(new))
    if same(old.data, new.data):
        return found
    found.renamed = _renamed(found.old, found.new)
    operations.compare(found)
    docs = found.documentation
    document = Place("openapi.json", "", ())
    handlers: dict[str, Handler] = {
        **{
            "openapi": docs("the version of OpenAPI"),
            "info": docs("the title or version of the description"),
        },
        **{"externalDocs": docs("the link to the docs"), "tags": docs("the groups of the docs")},
        # A field that is shown from now on is new, or has lost a mark, and is reported as that.
        "x-shown-in-logs": docs("the list of what logs show"),
        "servers": lambda _, before, after: operations.servers(found, _client("servers"), before, after),
        "security": lambda _, before, after: _security(found, before, after),
        "paths": lambda place, before, after: _paths(found, place, before, after),
        "webhooks": lambda place, before, after: _paths(found, place, before, after),
        "components": lambda place, before, after: _components(found, place, before, after),
    }
    found.keys(handlers, document, old.data, new.data)
    return found


def _security(found: Findings, old: object, new: object) -> None:
    text = f"sends another key: `security` {changed(old, new)}."
    found.add("security-changed", BREAKING, _client("security"), text)


def _client(key: str) -> Place:
    return Place("client", "", (key,))


def _once(changes: list[Change]) -> list[Change]:
    """Each change once; the breaking ones first, and then as they were found."""
    order = list(Level)
    return sorted(dict.fromkeys(changes), key=lambda change: order.index(change.level))


def _renamed(old: Side, new: Side) -> dict[str, str]:
    """The schemas that are there under another key: of the same class, or else with the same content."""
    gone = [key for key in old.schemas if key not in new.schemas]
    come = [key for key in new.schemas if key not in old.schemas]
    found: dict[str, str] = {}
    for identity in (_class, _content):
        known = {key: identity(new, key) for key in come if key not in found.values()}
        uses = Counter(known.values())
        for key in gone:
            same_ones = [other for other, value in known.items() if value == identity(old, key)]
            if key not in found and len(same_ones) == 1 and uses[known[same_ones[0]]] == 1:
                found[key] = same_ones[0]
                known.pop(same_ones[0])
    return found


def _class(side: Side, key: str) -> str:
    return side.classes[key]


def _content(side: Side, key: str) -> str:
    text = json.dumps({**mapping(side.schemas[key]), "x-class-name": None}, sort_keys=True)
    return text.replace(json.dumps(format_pointer(("components", "schemas", key))), '"itself"')


def _paths(found: Findings, place: Place, old: object, new: object) -> None:
    """What stands beside the operations of a path; those were compared before, wherever they stand."""
    before, after = mapping(old), mapping(new)
    for path in dict.fromkeys((*before, *after)):
        left, right = before.get(path, MISSING), after.get(path, MISSING)
        if not same(left, right):
            found.settle(place.at(path), left, right, lambda p, b, a: _path(found, p, b, a))
    found.order(place, before, after)


def _path(found: Findings, place: Place, old: object, new: object) -> None:
    if old is MISSING or new is MISSING:
        found.settled += any(name in METHODS and is_mapping(op) for name, op in mapping(old or new).items())
        return

    def operation(_: Place, before: object, after: object) -> None:
        found.settled += is_mapping(before) or is_mapping(after)

    def shared(there: Place, *_: object) -> None:
        key = str(there.pointer[-1])
        if (str(there.pointer[1]), key) in found.settled_on_paths:
            found.explained()
        else:
            found.docs(there, f"the way in which the {key} are written")

    docs = {key: found.documentation(f"the {key} of a path") for key in ("summary", "description")}
    handlers = {**docs, **dict.fromkeys(METHODS, operation), "parameters": shared, "servers": shared}
    found.keys(handlers, place, old, new)


def _components(found: Findings, place: Place, old: object, new: object) -> None:
    kinds: dict[str, Handler] = {
        "schemas": lambda p, b, a: _schemas(found, p, b, a),
        "securitySchemes": lambda p, b, a: _named(found, p, b, a, _security_scheme),
        **dict.fromkeys(_PARTS, lambda p, b, a: _named(found, p, b, a, _part)),
    }
    found.keys(kinds, place, old, new)


def _schemas(found: Findings, place: Place, old: object, new: object) -> None:
    for old_key, new_key in found.pairs():
        schemas.compare_named(found, old_key, new_key)
    kept = {new_key for _, new_key in found.pairs()}
    for key in mapping(old):
        if found.now(key) not in kept:
            name = found.old.classes[key]
            gone = Place(f"models.{name}", "", place.at(key).pointer, symbols=schemas.symbols(name))
            found.add("class-removed", BREAKING, gone, "is gone.")
    for key in mapping(new):
        if key not in kept:
            name = found.new.classes[key]
            come = Place(f"models.{name}", "", place.at(key).pointer, symbols=schemas.symbols(name))
            found.add("class-added", ADDITIVE, come, "is new.")
    found.order(place, mapping(old), mapping(new))


Comparison = Callable[[Findings, Place, Any, Any], None]


def _named(found: Findings, place: Place, old: object, new: object, comparison: Comparison) -> None:
    before, after = mapping(old), mapping(new)
    for key in dict.fromkeys((*before, *after)):
        left, right = before.get(key, MISSING), after.get(key, MISSING)
        if not same(left, right):
            there = place.at(key)
            found.settle(there, left, right, lambda p, b, a: comparison(found, p, b, a))
    found.order(place, before, after)


def _part(found: Findings, place: Place, old: object, new: object) -> None:
    """A parameter, answer or the like that several operations share."""
    kind, key = str(place.pointer[1]), str(place.pointer[2])
    if old is MISSING or new is MISSING:
        found.docs(place, f"the shared part `{key}`, which {'is new' if old is MISSING else 'is gone'},")
        return
    if not (is_mapping(old) and is_mapping(new)):
        return
    users = found.new.users.get(format_pointer(place.pointer), [])
    where = schemas.listed(users) if users else place.where
    if kind == "parameters":
        name = schemas.parameter_name(new)
        symbols = tuple(f"{call}({name})" for call in users)
        there = Place(where, f"parameter `{name}`", place.pointer, REQUEST, symbols)
        operations.parameter(found, there, old, new)
    elif kind in ("responses", "requestBodies"):
        directions = ANSWER if kind == "responses" else REQUEST
        there = Place(where, "", place.pointer, directions, tuple(users))
        what = f"the answer `{key}`" if kind == "responses" else "the body"
        operations.holder(found, there, old, new, what=what)
    elif kind in ("headers", "examples", "links"):
        found.docs(Place(where, "", place.pointer), f"the shared part `{key}`")


def _security_scheme(found: Findings, place: Place, old: object, new: object) -> None:
    key = str(place.pointer[-1])
    events = {name for side in (found.old, found.new) for event in side.events for name in _keys(event.data)}
    calls = {name for side in (found.old, found.new) for op in side.operations for name in _keys(op.data)}
    where = "webhooks" if key in events - calls else "client"
    there = Place(where, f"the key `{key}`", place.pointer)

    def sent(p: Place, before: object, after: object) -> None:
        text = (
            f"the key `{key}` is sent or proved in another way: `{p.pointer[-1]}` {changed(before, after)}."
        )
        found.add("security-scheme-changed", BREAKING, p, text)

    def named(p: Place, before: object, after: object) -> None:
        what = "argument" if p.pointer[-1] == "x-client-setting" else "environment variable"
        text = f"the key `{key}` is given by another {what}: {changed(before, after)}."
        found.add("security-scheme-renamed", BREAKING, p, text)

    def family(p: Place, before: object, after: object) -> None:
        text = f"the key `{key}` is that of another family: {changed(before, after)}."
        found.add("security-scheme-renamed", BREAKING, p, text)

    if old is MISSING:
        found.add("security-scheme-added", ADDITIVE, there, f"the key `{key}` is new.")
    elif new is MISSING:
        found.add("security-scheme-removed", BREAKING, there, f"the key `{key}` is gone.")
    else:
        words = ("description", "bearerFormat", "x-evidence", "x-source")
        docs = {word: found.documentation(f"the {word.removeprefix('x-')}") for word in words}
        ways = dict.fromkeys(("type", "in", "name", "scheme", "x-webhook-secret"), sent)
        names = dict.fromkeys(("x-client-setting", "x-environment-variable"), named)
        found.keys({**docs, **ways, **names, "x-family": family}, there, old, new)


def _keys(operation: dict[str, Any]) -> set[str]:
    """The security schemes that an operation or webhook names."""
    return {name for requirement in sequence(operation.get("security")) for name in mapping(requirement)}
