"""Hold the bundled OpenAPI document, with a map back to the files that people edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard
from urllib.parse import unquote

from .diagnostics import Diagnostic

Pointer = tuple[str | int, ...]

#: Keys whose value is a map from names that people choose to objects: a "default" in there is such a name.
NAME_MAPS = frozenset(
    {
        "$defs",
        "definitions",
        "dependentSchemas",
        "patternProperties",
        "properties",
        "callbacks",
        "examples",
        "headers",
        "links",
        "parameters",
        "pathItems",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
        "content",
        "encoding",
        "paths",
        "variables",
        "webhooks",
    }
)

#: Keys whose value is data for people or for servers; a "$ref" in there is not a reference.
OPAQUE = frozenset({"const", "default", "enum", "example", "value"})


class Location(NamedTuple):
    """A place in a file that people edit."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Mark:
    """A place where a value was written, with those of its children: a tree in the document's own shape."""

    __slots__ = ("children", "location")

    def __init__(
        self, location: Location, children: dict[str, Mark] | None = None
    ) -> None:
        self.location = location
        self.children: dict[str, Mark] = {} if children is None else children

    def child(self, token: str | int) -> Mark:
        """Return the mark of an entry of a mapping or of an item of a list; this mark if that one is not known."""
        return self.children.get(str(token), self)

    def where(self, pointer: Pointer) -> Location:
        """Return where the value at `pointer` was written; its nearest ancestor's place if that is not known."""
        mark = self
        for token in pointer:
            found = mark.children.get(str(token))
            if found is None:
                break
            mark = found
        return mark.location


class Located(NamedTuple):
    """A value of the document and its place in it."""

    pointer: Pointer
    value: Any


def _nowhere() -> Mark:
    return Mark(Location("<document>", 1))


@dataclass
class Document:
    """A bundled OpenAPI document: one tree of plain values, with references inside itself only.

    Attributes:
        data: The document (dict, list, str, int, float, bool and None only).
        marks: Where each part of it was written.
    """

    data: dict[str, Any]
    marks: Mark = field(default_factory=_nowhere, repr=False, compare=False)

    def where(self, pointer: Pointer) -> Location:
        """Return where the value at `pointer` was written; its nearest ancestor's place if that is not known."""
        return self.marks.where(pointer)

    def diagnostic(self, pointer: Pointer, message: str, fix: str) -> Diagnostic:
        """Return a diagnostic with the value at `pointer`."""
        location = self.where(pointer)
        return Diagnostic(location.file, location.line, message, fix)

    def with_data(self, data: dict[str, Any]) -> Document:
        """Return the same source map over other data, for a stage that returns a changed document."""
        return Document(data, self.marks)

    def get(self, pointer: Pointer) -> Any:
        """Return the value at `pointer`, or None when there is none; references are not followed."""
        value: Any = self.data
        for token in pointer:
            value = child(value, token)
        return value

    def follow(self, pointer: Pointer) -> Located:
        """Return the value at `pointer`, with each `$ref` on the way and at the end followed, and where that is.

        A reference that leads nowhere or round in a circle gives None, at the place of that reference.
        """
        real: Pointer = ()
        value: Any = self.data
        for token in (None, *pointer):
            if token is not None:
                real = (*real, token)
                value = child(value, token)
            seen: set[Pointer] = set()
            while (reference := reference_of(value)) is not None:
                if real in seen or not reference.startswith("#/"):
                    return Located(real, None)
                seen.add(real)
                target = parse_pointer(reference)
                real, value = target, self.get(target)
        return Located(real, value)


def child(value: object, token: str | int) -> Any:
    """Return an entry of a mapping or an item of a list, or None when there is none."""
    if is_mapping(value):
        return value.get(str(token))
    if is_sequence(value) and str(token).isdecimal() and int(token) < len(value):
        return value[int(token)]
    return None


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether the value is a mapping; its keys are text, as in JSON."""
    return isinstance(value, dict)


def is_sequence(value: object) -> TypeGuard[list[Any]]:
    """Return whether the value is a list."""
    return isinstance(value, list)


def is_container(value: object) -> bool:
    """Return whether the value is a mapping or a list."""
    return is_mapping(value) or is_sequence(value)


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty one: broken documents must not break their reader."""
    return value if is_mapping(value) else {}


def sequence(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if is_sequence(value) else []


def reference_of(value: object) -> str | None:
    """Return the target of a reference object, or None if the value is not one."""
    reference = mapping(value).get("$ref")
    return reference if isinstance(reference, str) else None


def parse_pointer(text: str) -> tuple[str, ...]:
    """Return the tokens of a JSON pointer written as a URI fragment: "#/paths/~1v1" -> ("paths", "/v1")."""
    tokens = unquote(text.removeprefix("#")).split("/")[1:]
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)


def format_pointer(pointer: Pointer) -> str:
    """Return a pointer as a reference inside the document: ("paths", "/v1") -> "#/paths/~1v1"."""
    return "#" + "".join(
        "/" + str(token).replace("~", "~0").replace("/", "~1") for token in pointer
    )


def is_opaque(key: str, value: object) -> bool:
    """Return whether what stands under this keyword is data, in which a "$ref" is not a reference."""
    return (
        key in OPAQUE
        or key.startswith("x-")
        or (key == "examples" and is_sequence(value))
    )


def objects(
    value: object, pointer: Pointer = (), *, names: bool = False
) -> Iterator[Located]:
    """Yield every object of the document under a value, parents first; maps of names and data are no objects.

    Args:
        value: The document or a part of it.
        pointer: Where that part is.
        names: True if the keys of `value` are names (as in `components.schemas`) and not keywords.
    """
    if is_sequence(value):
        for index, item in enumerate(value):
            yield from objects(item, (*pointer, index))
    elif is_mapping(value):
        if not names:
            yield Located(pointer, value)
        for key, item in value.items():
            if names:
                yield from objects(item, (*pointer, key))
            elif not is_opaque(key, item):
                yield from objects(
                    item, (*pointer, key), names=key in NAME_MAPS and is_mapping(item)
                )


def references(value: object, *, names: bool = False) -> Iterator[tuple[Pointer, str]]:
    """Yield every reference under a value: where it is written (seen from the value), and its target."""
    for pointer, found in objects(value, names=names):
        target = reference_of(found)
        if target is not None:
            yield (*pointer, "$ref"), target
        for name, mapped in mapping(
            mapping(found.get("discriminator")).get("mapping")
        ).items():
            if isinstance(mapped, str) and is_reference(mapped):
                yield (*pointer, "discriminator", "mapping", name), mapped


def is_reference(text: str) -> bool:
    """Return whether an entry of a discriminator's mapping is a reference; else it is the bare name of a schema."""
    return "#" in text or "/" in text or text.endswith((".yaml", ".yml", ".json"))
