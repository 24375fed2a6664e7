"""Rate how well a thing of `spec/` is known, and make the edits that raise its evidence."""

from __future__ import annotations

from ..document import Pointer
from ..model import query
from ..model.api import Api, Field, Node, Origin
from . import words
from .finding import Append, Edit, Put

#: A guess may be corrected by what is known. A contradiction between two known things is for a person.
GUESS = "inferred"


def own_word(node: Node) -> str:
    """Return the evidence that a thing states itself."""
    return node.evidence if node.origin.is_stated else GUESS


def raised(origin: Origin, word: str, source: str) -> tuple[Edit, ...]:
    """Return the edits that give a thing a better word; none if its own word is as good already."""
    if origin.is_stated and not words.is_better(word, origin.evidence):
        return ()
    return (Put((*origin.pointer, "x-evidence"), word), *with_source(origin, source))


def with_source(origin: Origin, source: str) -> tuple[Edit, ...]:
    """Return the edit that adds a source, if it is not there yet."""
    if source in origin.sources:
        return ()
    return (Append((*origin.pointer, "x-source"), source),)


def is_amount(field: Field) -> bool:
    """Return whether a property is money."""
    return words.is_amount(field.wire_name) or field.amount is not None


def is_about_money(api: Api, pointer: Pointer) -> bool:
    """Return whether a place is about money: an operation that moves it, or a property that is an amount."""
    if pointer[:1] == ("paths",):
        found = [
            operation
            for operation in api.operations
            if operation.origin.pointer == pointer[:3]
        ]
        return any(operation.moves_money for operation in found)
    if pointer[-2:-1] != ("properties",):
        return False
    here = [one for one in query.fields_of(api) if one.origin.pointer == pointer]
    return any(field.amount for field in here) or words.is_amount(str(pointer[-1]))
