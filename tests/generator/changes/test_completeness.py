"""No difference of two documents passes in silence, whatever it is."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from helpers.specs import JUNK, places
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from generator import pipeline
from generator.changes import compare
from generator.changes.comparing import compare_described
from generator.document import Document

HOWS = ("remove", "rename", "reverse", "replace", "add", "retype")


@cache
def bundled() -> str:
    """The bundled document of this repository, as text: the quickest way to copy it."""
    return json.dumps(pipeline.load().data)


@cache
def pointers() -> list[tuple[str | int, ...]]:
    """Every place in it but the whole."""
    return places(json.loads(bundled()))[1:]


def mutated(pointer: tuple[str | int, ...], how: str, junk: Any) -> dict[str, Any]:
    """The document with one change at a place."""
    data: dict[str, Any] = json.loads(bundled())
    *outer, last = pointer
    holder: Any = data
    for token in outer:
        holder = holder[token]
    value = holder[last]
    match how:
        case "remove":
            del holder[last]
        case "rename" if isinstance(holder, dict):
            holder[f"{last}2"] = holder.pop(last)
        case "reverse" if isinstance(value, dict):
            holder[last] = dict(reversed(value.items()))
        case "reverse" if isinstance(value, list):
            holder[last] = value[::-1]
        case "add" if isinstance(value, dict):
            value["novelty"] = junk
        case "add" if isinstance(value, list):
            value.append(junk)
        case "add" if isinstance(value, str):
            holder[last] = f"{value}x"
        case "retype" if isinstance(value, bool):
            holder[last] = int(value)  # True is not 1, though Python says that they are equal.
        case _:
            holder[last] = junk
    return data


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=60)
@given(st.data(), st.sampled_from(HOWS), st.sampled_from(JUNK))
def test_every_mutation_of_the_document_is_reported_both_ways(
    data: st.DataObject, how: str, junk: Any
) -> None:
    pointer = data.draw(st.sampled_from(pointers()))
    changed = mutated(pointer, how, junk)
    original: dict[str, Any] = json.loads(bundled())
    assume(json.dumps(changed) != bundled())
    # Without what follows from a change elsewhere, which could only add to the report.
    assert compare_described(Document(original), Document(changed))
    assert compare_described(Document(changed), Document(original))


@settings(max_examples=3)
@given(st.data(), st.sampled_from(HOWS))
@example(None, "none")
def test_what_follows_from_a_mutation_stops_no_comparison(data: st.DataObject | None, how: str) -> None:
    original: dict[str, Any] = json.loads(bundled())
    if data is None:
        assert compare(Document(original), Document(json.loads(bundled()))) == []
        return
    changed = mutated(data.draw(st.sampled_from(pointers())), how, {"$ref": "#/nowhere"})
    assume(json.dumps(changed) != bundled())
    assert compare(Document(original), Document(changed))
