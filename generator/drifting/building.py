"""Builds schemas for `spec/` from those of an export: names, types and words of enumerations, and nothing else.

Descriptions, examples, defaults and limits stay behind. Texts of the vendor are not ours to publish, and examples may
hold somebody's data. Each object and each enumeration becomes a schema with a name, as `spec/` wants it.
"""

from __future__ import annotations

from ..document import Document, Pointer, mapping
from . import facts, words
from .finding import AddSchema, Edit
from .shape import Shape, shape

_FORMATS = frozenset({"date-time", "date", "uri", "email"})
_DEPTH = 12
OWN = "plexypay."


class CannotBuildError(Exception):
    """A schema of the export cannot be taken over by a program; the message says why."""


class Builder:
    """Builds schemas, and collects the named ones that have to be added."""

    def __init__(self, spec: Document, export: Document, word: str, source: str) -> None:
        self._spec = spec
        self._export = export
        self._word = word
        self._source = source
        self._sensitive = words.sensitive_names(spec)
        self._added: dict[str, Pointer] = {}
        self._edits: dict[str, list[Edit]] = {}
        self._taken = set(mapping(mapping(spec.data.get("components")).get("schemas")))

    def property(
        self, name: str, place: Pointer, near: Pointer
    ) -> tuple[dict[str, object], tuple[Edit, ...]]:
        """A property of `spec/` for one of the export, and the schemas that it needs.

        Args:
            name: Its name.
            place: Where it is in the export.
            near: The schema or operation of `spec/` that it belongs to.
        """
        edits: list[Edit] = []
        made = self._value(name, place, near, edits, 0, named_after=str(near[-1]))
        text = "Named in the vendor's description. What it means is not described yet."
        found = shape(self._export, place)
        if (
            words.is_amount(name)
            and found.types
            and found.types <= {"integer", "number"}
            and "$ref" not in made
        ):
            made |= {"x-amount-unit": "unknown", "x-amount-unit-evidence": facts.GUESS}
        elif words.is_amount(name) and "string" in found.types:
            raise CannotBuildError("an amount as text has a unit that is not to be guessed")
        head: dict[str, object] = {
            key: made.pop(key) for key in ("$ref", "oneOf", "type", "format") if key in made
        }
        if "$ref" not in head and (name.lower() in self._sensitive or words.looks_private(name)):
            made["x-sensitive"] = True
        if found.data.get("readOnly") is True:
            head["readOnly"] = True
        marks: dict[str, object] = {"x-evidence": self._word, "x-source": [self._source]}
        items = {"items": made.pop("items")} if "items" in made else {}
        return {**head, **({"description": text}), **made, **marks, **items}, tuple(edits)

    def body(self, key: str, place: Pointer, near: Pointer) -> tuple[dict[str, object], tuple[Edit, ...]]:
        """A schema for a body or a parameter of an operation."""
        edits: list[Edit] = []
        return self._value(key, place, near, edits, 0, named_after=""), tuple(edits)

    def _value(
        self, name: str, place: Pointer, near: Pointer, edits: list[Edit], depth: int, *, named_after: str
    ) -> dict[str, object]:
        found = shape(self._export, place)
        if depth > _DEPTH:
            raise CannotBuildError("its schema is nested too deep")
        if found.variants:
            raise CannotBuildError("it is a union of several schemas")
        if found.enum is not None or (found.is_only("object") and found.properties):
            key = self._named(found, name, near, edits, depth, named_after)
            reference: dict[str, object] = {"$ref": f"#/components/schemas/{key}"}
            return {"oneOf": [reference, {"type": "null"}]} if found.nullable else reference
        if found.is_only("array"):
            if found.items is None:
                raise CannotBuildError("nothing says what the array holds")
            items = self._value(name, found.items, near, edits, depth + 1, named_after=named_after)
            return {"type": ["array", "null"] if found.nullable else "array", "items": items}
        if found.is_only("object"):
            raise CannotBuildError("nothing says what the object holds")
        if len(found.types) != 1:
            raise CannotBuildError("its type is not one plain type")
        kind = next(iter(found.types))
        made: dict[str, object] = {"type": [kind, "null"] if found.nullable else kind}
        if found.format in _FORMATS and kind == "string":
            made["format"] = found.format
        return made

    def _named(
        self, found: Shape, name: str, near: Pointer, edits: list[Edit], depth: int, after: str
    ) -> str:
        """The key of a named schema, which is added unless it was added before."""
        for key, place in self._added.items():
            if place == found.pointer:
                edits += self._edits.get(
                    key, []
                )  # each finding has all that it needs; the same edit is made once
                return key
        key = self._key(found, name, after)
        self._added[key] = found.pointer
        self._taken.add(key)
        before = len(edits)
        value: dict[str, object]
        about = (
            "named in the vendor's description"
            if key == found.key
            else "our name for what the vendor describes"
        )
        if found.enum is not None:
            unfit = [value for value in found.enum if not words.is_word(value)]
            if unfit or not found.enum or len(found.types) != 1:
                raise CannotBuildError("a value of its enumeration does not look like a word")
            value = {
                "type": next(iter(found.types)),
                "description": f"The values of `{name}`, {about}. What they mean is not described yet.",
                **self._marks(),
                "enum": list(found.enum),
            }
        else:
            properties: dict[str, object] = {}
            # A schema that holds itself refers to its own key, which is known by now.
            for one, place in found.properties.items():
                if not words.is_name(one):
                    raise CannotBuildError("a name in it does not look like the name of a field")
                properties[one] = self._inner(one, place, near, edits, depth, key)
            required = [one for one in found.properties if one in found.required]
            value = {
                "type": "object",
                "description": f"An object, {about}. What it means is not described yet.",
                **self._marks(),
                **({"required": required} if required else {}),
                "properties": properties,
            }
        edits.append(AddSchema(near, key, value))
        self._edits[key] = edits[before:]
        return key

    def _inner(
        self, name: str, place: Pointer, near: Pointer, edits: list[Edit], depth: int, key: str
    ) -> dict[str, object]:
        """A property of a new schema; its evidence is that of the schema."""
        made = self._value(name, place, near, edits, depth + 1, named_after=key)
        found = shape(self._export, place)
        head: dict[str, object] = {
            one: made.pop(one) for one in ("$ref", "oneOf", "type", "format") if one in made
        }
        marks: dict[str, object] = {}
        if words.is_amount(name) and found.types <= {"integer", "number"} and "type" in head:
            marks |= {"x-amount-unit": "unknown", "x-amount-unit-evidence": facts.GUESS}
        elif words.is_amount(name) and "string" in found.types:
            raise CannotBuildError("an amount as text in it has a unit that is not to be guessed")
        if "$ref" not in head and (name.lower() in self._sensitive or words.looks_private(name)):
            marks["x-sensitive"] = True
        return {**head, "description": "Not described yet.", **marks, **made}

    def _marks(self) -> dict[str, object]:
        return {"x-evidence": self._word, "x-source": [self._source]}

    def _key(self, found: Shape, name: str, after: str) -> str:
        """The name of the docs where there is one; else one of ours."""
        if found.key and words.is_schema_key(found.key) and found.key not in self._taken:
            return found.key
        owner = after.split(".")[-1]
        key = OWN + owner + name[:1].upper() + name[1:] if owner else OWN + name[:1].upper() + name[1:]
        key = "".join(part for part in key if part.isalnum() or part == ".")
        if key in self._taken:
            raise CannotBuildError(f"it needs a name of its own; `{key}` is taken")
        return key
