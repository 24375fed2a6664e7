"""No change of the package passes in silence: what is generated decides, and the report must speak of it."""

from __future__ import annotations

import copy
import dataclasses
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import plexy_pay._core.proof
import pytest
from helpers.specs import JUNK, places
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import loader, pipeline
from generator.changes import compare, operations
from generator.changes.difference import Difference
from generator.document import Document, objects
from generator.model import api as nodes
from generator.model.api import CHANGE

Pointer = tuple[str | int, ...]
HOWS = ("remove", "rename", "reverse", "replace", "add", "retype", "exchange")


@cache
def base() -> str:
    """The small document with one of each thing that can change, as text: the quickest way to copy it."""
    return json.dumps(loader.load(Path(__file__).parent / "base.yaml").data)


@cache
def pointers(text: str) -> list[Pointer]:
    """Every place in a document but the whole."""
    return places(json.loads(text))[1:]


def package_of(data: dict[str, Any]) -> dict[str, bytes] | None:
    """The files of the package that is made of a document, but for the document itself; None if there is none."""
    with TemporaryDirectory() as scratch:
        directory = Path(scratch) / "plexy_pay"
        try:
            pipeline.build_from(Document(data), directory, "0")
        except Exception:
            return (
                None  # The lint, which goes before, finds more than the reader refuses.
            )
        files = {
            path.relative_to(directory).as_posix(): path
            for path in directory.rglob("*")
            if path.is_file()
        }
        return {
            name: path.read_bytes()
            for name, path in files.items()
            if not name.endswith(".json")
        }


@cache
def base_package() -> dict[str, bytes] | None:
    return package_of(json.loads(base()))


def mutated(
    data: dict[str, Any], pointer: Pointer, how: str, junk: Any, other: Pointer
) -> dict[str, Any]:
    """Return the document with one change at a place."""
    *outer, last = pointer
    holder: Any = value_at(data, tuple(outer))
    if how == "remove":
        del holder[last]
    elif how == "rename" and isinstance(holder, dict):
        holder[f"{last}2"] = holder.pop(last)
    elif how == "exchange":
        holder[last] = copy.deepcopy(value_at(data, other))
    else:
        holder[last] = changed(holder[last], how, junk)
    return data


def value_at(data: dict[str, Any], pointer: Pointer) -> Any:
    """Return what stands at a place."""
    found: Any = data
    for token in pointer:
        found = found[token]
    return found


def changed(value: Any, how: str, junk: Any) -> Any:
    """Return what is put in the place of a value."""
    match how, value:
        case "reverse", dict():
            return dict(reversed(value.items()))
        case "reverse", list():
            return value[::-1]
        case "add", dict():
            return value | {"novelty": junk}
        case "add", list():
            return [*value, junk]
        case "add", str():
            return f"{value}x"
        case "retype", bool():
            return not value
        case _:
            return junk


@settings(max_examples=30)
@given(st.data(), st.sampled_from(HOWS), st.sampled_from(JUNK))
def test_a_mutation_that_changes_the_package_is_reported(
    data: st.DataObject, how: str, junk: Any
) -> None:
    pointer = data.draw(st.sampled_from(pointers(base())))
    # A value of the same keyword elsewhere is the likeliest mistake.
    alike = [place for place in pointers(base()) if place[-1] == pointer[-1]]
    original: dict[str, Any] = json.loads(base())
    changed = mutated(
        json.loads(base()), pointer, how, junk, data.draw(st.sampled_from(alike))
    )
    there = compare(Document(original), Document(changed))
    back = compare(Document(changed), Document(original))
    # To make a package takes long, and only silence has to be justified.
    if not (there and back):
        assert package_of(changed) == base_package()


@given(st.data())
def test_a_keyword_that_nothing_reads_counts_as_breaking(data: st.DataObject) -> None:
    original: dict[str, Any] = json.loads(base())
    changed: dict[str, Any] = json.loads(base())
    # What is said of a list of keys, and to people, is no keyword.
    found = [
        place
        for place in objects(changed)
        if not {"security", "info", "tags"} & {*place.pointer}
    ]
    data.draw(st.sampled_from(found)).value["x-novelty"] = True
    for old, new in ((original, changed), (changed, original)):
        kinds = {change.kind for change in compare(Document(old), Document(new))}
        assert "not-classified" in kinds


@given(st.data(), st.sampled_from(HOWS), st.sampled_from(JUNK))
def test_a_document_that_is_broken_in_any_way_stops_no_comparison(
    data: st.DataObject, how: str, junk: Any
) -> None:
    pointer, other = (
        data.draw(st.sampled_from(pointers(base()))),
        data.draw(st.sampled_from(pointers(base()))),
    )
    changed = mutated(json.loads(base()), pointer, how, junk, other)
    compare(Document(json.loads(base())), Document(changed))
    compare(Document(changed), Document(json.loads(base())))


def differences() -> list[type[Difference[Any]]]:
    """Every comparison of nodes."""
    found: list[type[Difference[Any]]] = []
    waiting: list[type[Difference[Any]]] = [Difference]
    for one in waiting:
        waiting += one.__subclasses__()
        found += one.__subclasses__()
    return found


@pytest.mark.parametrize("difference", differences(), ids=lambda one: one.__name__)
def test_each_field_of_a_node_has_a_class_of_change(
    difference: type[Difference[Any]],
) -> None:
    name = difference.__name__.removeprefix("_").removesuffix("Difference")
    if name in ("Shared", "Value"):
        return  # They compare nodes of several classes by what these have in common.
    node: Any = getattr(nodes, name)
    judged = {
        field.name for field in dataclasses.fields(node) if CHANGE not in field.metadata
    }
    judged -= difference.told_elsewhere
    assert {
        field for field in judged if not hasattr(difference, f"on_{field}")
    } == set()
    fields = {field.name for field in dataclasses.fields(node)}
    own = {
        member.removeprefix("on_")
        for member in vars(difference)
        if member.startswith("on_")
    }
    assert own <= fields, "a judge of a field that there is not"


def test_the_statuses_that_prove_something_by_http_are_those_of_the_client() -> None:
    assert operations.PROVED_BY_HTTP == plexy_pay._core.proof.REFUSALS
    assert operations.PROVED_BY_NOTHING == plexy_pay._core.proof.INTERRUPTED
