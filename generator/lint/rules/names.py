"""Rules about names that would clash in Python."""

from __future__ import annotations

from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, Pointer, mapping
from ...naming import snake
from ...problems import Problem

#: The keyword of every method for the options of one call.
RESERVED = "options"


def keywords_are_unique(document: Document) -> Iterator[Problem]:
    """An operation's parameters and the properties of its body are keywords of one method."""
    for operation in reading.operations(document):
        keywords = [(str(parameter.value.get("name")), parameter) for parameter in operation.parameters()]
        # What only answers carry (`readOnly`) is no keyword.
        keywords += [
            (name, place)
            for name, place in operation.body_properties().items()
            if not mapping(place.value).get("readOnly")
        ]
        yield from _clashes(document, keywords, "keyword", f" of {operation.title}")
        for name, place in keywords:
            if snake(name) == RESERVED:
                yield document.problem(
                    place.pointer,
                    f"{name!r} would clash with the keyword `{RESERVED}` that every method has",
                    "rename it if the API allows; else the generator needs another name for it",
                )


def properties_are_unique(document: Document) -> Iterator[Problem]:
    """Two properties of one schema are two names in Python."""
    for schema in reading.schemas(document):
        own = mapping(schema.value.get("properties"))
        places = [
            (name, Located((*schema.pointer, "properties", name), value)) for name, value in own.items()
        ]
        yield from _clashes(document, places, "property", "")


def money_properties_are_free(document: Document) -> Iterator[Problem]:
    """A model gives its amounts as `money` and `<field>_money`; no property beside them may have such a name."""
    for schema in reading.named_schemas(document):
        own = reading.properties(document, schema.pointer)
        priced = [name for name, place in own.items() if _is_priced(document, place)]
        given = {"money", "money_in"} if priced else set[str]()
        given |= {f"{snake(name)}_money{end}" for name in priced for end in ("", "_in")}
        for name, place in own.items():
            if snake(name) in given:
                yield document.problem(
                    place.pointer,
                    f"{name!r} would clash with `{snake(name)}`, which gives an amount of the same object as Money",
                    "rename it if the API allows; else the generator needs another name for it",
                )


def _is_priced(document: Document, place: Located, around: frozenset[Pointer] = frozenset()) -> bool:
    """Whether a property is an amount of known unit, or an object that may hold nothing but one and its currency."""
    unit = reading.mark(document, place.pointer, "x-amount-unit")
    inner, real = reading.properties(document, place.pointer), document.follow(place.pointer).pointer
    if unit is not None and unit.value != "unknown":
        return True
    if real in around or len(inner) != 2:  # a schema may hold itself
        return False
    return any(_is_priced(document, part, around | {real}) for part in inner.values())


def _clashes(
    document: Document, places: list[tuple[str, Located]], kind: str, owner: str
) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, place in places:
        if snake(name) in first:
            yield document.problem(
                place.pointer,
                f"{name!r} and {first[snake(name)]!r} would both be the {kind} `{snake(name)}`{owner} in Python",
                "remove or rename one of them",
            )
        first.setdefault(snake(name), name)
