"""Raise the evidence of what an export confirms."""

from __future__ import annotations

from ..document import Pointer
from ..model import query
from ..model.api import Api, Model, Origin, Schema, Wrapper
from . import facts, words
from .finding import Edit, Put
from .given import Given
from .notes import Notes


class Confirmation:
    """Collect by schema what the export has too, and in which of it a difference is left."""

    def __init__(self, given: Given, notes: Notes) -> None:
        self._given = given
        self._notes = notes
        self._confirmed: dict[Pointer, set[str]] = {}
        self._doubted: dict[Pointer, set[str]] = {}

    def confirm(self, schema: Pointer, name: str, *, is_same: bool) -> None:
        """Note that the export has a property of a schema, or the schema itself for an empty name."""
        self._confirmed.setdefault(schema, set()).add(name)
        if not is_same:
            self._doubted.setdefault(schema, set()).add(name)

    def raise_evidence(self) -> None:
        """Note the better words for all that is confirmed and has no difference left."""
        contested = self._notes.contested()
        schemas = _schemas(self._given.api)
        for place, names in self._confirmed.items():
            doubted = self._doubted.get(place, set())
            doubted |= {
                name for name in names if (*place, "properties", name) in contested
            }
            sure = names - doubted
            if sure and place in schemas:
                self._raise_schema(schemas[place], sure)

    def _raise_schema(self, schema: Schema | Wrapper, sure: set[str]) -> None:
        """Raise a schema and its confirmed properties; the others keep their evidence level."""
        own = schema.evidence
        is_raised = words.is_better(self._given.word, own)
        edits: list[Edit] = []
        better: list[str] = []
        if is_raised:
            edits += self._given.raised(schema.origin)
            better.append(f"{own} -> {self._given.word}")
        for name, there in _properties(schema).items():
            is_better = there.is_stated and words.is_better(
                self._given.word, there.evidence
            )
            if name in sure and is_better:
                edits += self._given.raised(there)
                better.append(f"{name}: {there.evidence} -> {self._given.word}")
            elif name not in sure and not there.is_stated and is_raised:
                edits += _kept(there, schema.origin)
        if edits:
            where = schema.origin.pointer
            self._notes.patch("evidence", where, schema.key, "; ".join(better), *edits)


def _kept(there: Origin, schema: Origin) -> list[Edit]:
    """Return the edits with which a property keeps the word that it had from its schema."""
    edits: list[Edit] = [Put((*there.pointer, "x-evidence"), schema.evidence)]
    if schema.evidence != facts.GUESS and not there.sources:
        edits.append(Put((*there.pointer, "x-source"), list(schema.sources)))
    return edits


def _schemas(api: Api) -> dict[Pointer, Schema | Wrapper]:
    schemas: list[Schema | Wrapper] = list(query.schemas_of(api))
    schemas += api.wrappers
    return {schema.origin.pointer: schema for schema in schemas}


def _properties(schema: Schema | Wrapper) -> dict[str, Origin]:
    """Return where the own properties of a schema come from, by their names."""
    if not isinstance(schema, Model | Wrapper):
        return {}
    own = (*schema.origin.pointer, "properties")
    origins = [
        field.origin for field in schema.fields if field.origin.pointer[:-1] == own
    ]
    return {str(origin.pointer[-1]): origin for origin in origins}
