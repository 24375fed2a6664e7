"""Tells both ways of finding drift how well a thing of `spec/` is known, and which edits raise its evidence."""

from __future__ import annotations

from typing import Any

from .. import reading
from ..document import Document, Pointer, mapping, sequence
from . import words
from .finding import Append, Edit, Put

#: What was only guessed may be corrected by what is known. A contradiction between two known things is for a person.
GUESS = "inferred"


def word_of(document: Document, pointer: Pointer) -> str:
    """Return the evidence of a schema or of something in one: its own word, or that of the nearest schema around it."""
    for length in range(len(pointer), 0, -1):
        word = mapping(document.get(pointer[:length])).get("x-evidence")
        if isinstance(word, str):
            return word
        if length == 3 and pointer[:2] == ("components", "schemas"):
            break
    return GUESS


def sources_of(document: Document, pointer: Pointer) -> list[str]:
    """Return the sources that stand at a place."""
    return [
        text for text in sequence(mapping(document.get(pointer)).get("x-source")) if isinstance(text, str)
    ]


def raised(document: Document, pointer: Pointer, word: str, source: str) -> tuple[Edit, ...]:
    """Return the edits that give a thing a better word; none if its own word is as good already."""
    own = mapping(document.get(pointer)).get("x-evidence")
    if isinstance(own, str) and not words.is_better(word, own):
        return ()
    return (Put((*pointer, "x-evidence"), word), *with_source(document, pointer, source))


def with_source(document: Document, pointer: Pointer, source: str) -> tuple[Edit, ...]:
    """Return the edit that adds a source, if it is not there yet."""
    if source in sources_of(document, pointer):
        return ()
    return (Append((*pointer, "x-source"), source),)


def is_amount(document: Document, name: str, pointer: Pointer) -> bool:
    """Tell whether a property is money."""
    return words.is_amount(name) or reading.mark(document, pointer, "x-amount-unit") is not None


def is_about_money(document: Document, pointer: Pointer) -> bool:
    """Tell whether a place is about money: an operation that moves it, or a property that is an amount."""
    if pointer[:1] == ("paths",):
        return mapping(document.get(pointer[:3])).get("x-moves-money") is True
    is_property = pointer[-2:-1] == ("properties",)
    return is_property and is_amount(document, str(pointer[-1]), pointer)


def new_property(name: str, kind: str, text: str) -> dict[str, Any]:
    """Return a new property of a plain type; the unit of an amount is not known."""
    made: dict[str, Any] = {"type": kind, "description": text}
    if words.is_amount(name) and kind in ("integer", "number"):
        made |= {"type": "number", "x-amount-unit": "unknown", "x-amount-unit-evidence": GUESS}
    return made
