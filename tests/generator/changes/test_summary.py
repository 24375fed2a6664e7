"""After a generation a few lines say what users of the package will notice, the gravest first."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from helpers.specs import BASE, JUNK, broken, write_spec
from hypothesis import given
from hypothesis import strategies as st

from generator import loader
from generator.changes import Change, Level
from generator.changes.summary import summary, told


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return loader.load(write_spec(tmp_path_factory.mktemp("spec"), BASE)).data


def as_bytes(data: object) -> bytes:
    return json.dumps(data).encode()


def additions(count: int, level: Level = Level.ADDITIVE) -> list[Change]:
    return [
        Change(
            "property-added",
            level,
            f"models.M{n}",
            "/components",
            f"`field_{n}` is new.",
        )
        for n in range(count)
    ]


def test_the_gravest_come_first_and_docs_take_one_line(
    document: dict[str, Any],
) -> None:
    new = copy.deepcopy(document)
    schemas = new["components"]["schemas"]
    schemas["response.Link"]["properties"]["note"] = {"type": "string"}
    schemas["response.Link"]["description"] = "A page to pay on."
    del schemas["LinkStatus"]["enum"][0]
    schemas["request.CreateLink"]["properties"]["amount"]["x-amount-unit"] = "major"
    breaking, *more = summary(as_bytes(document), as_bytes(new))[1:]
    assert breaking.startswith(
        "  breaking: MONEY: client.links.create: parameter `amount`"
    )
    assert [line.partition(":")[0].strip() for line in more] == [
        "breaking",
        "additive",
        "docs only",
    ]
    assert more[1] == "  additive: models.Link: `note` is new."
    assert more[2] == "  docs only: models.Link"


def test_what_is_said_of_several_things_is_said_once() -> None:
    changes = [
        Change(
            "deprecated", Level.ADDITIVE, f"client.{name}", "/paths", "is deprecated."
        )
        for name in "abcdefg"
    ]
    assert told(changes)[1:] == [
        "  additive: client.a, client.b, client.c, client.d, client.e and 2 more: is deprecated."
    ]


def test_a_long_list_is_cut_and_says_how_to_see_all_of_it() -> None:
    lines = told(
        [*additions(40, Level.BREAKING), *additions(9), *additions(7, Level.DOCS)],
        "./nox -s changes",
    )
    assert len(lines) <= 20
    assert (
        lines[0] == "Users of the package: 40 breaking, 9 additive and 7 docs changes."
    )
    assert [line.partition(":")[0] for line in lines[1:18]] == ["  breaking"] * 16 + [
        "  additive"
    ]
    assert lines[-1] == "  and 32 more: ./nox -s changes"
    assert told(additions(40))[-1] == "  and 24 more"


def test_a_description_that_is_the_same_or_only_written_otherwise_is_said(
    document: dict[str, Any],
) -> None:
    same = as_bytes(document)
    assert summary(same, same) == [
        "Users of the package: the API is described as it was."
    ]
    assert summary(json.dumps(document, indent=7).encode(), same) == [
        "Users of the package: nothing that they could notice changed."
    ]


@pytest.mark.parametrize(
    "old", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000]
)
def test_without_an_old_document_that_can_be_read_this_is_said(
    old: bytes, document: dict[str, Any]
) -> None:
    [line] = summary(old, as_bytes(document))
    assert "not known" in line


@given(data=st.data())
def test_an_old_document_that_is_broken_in_any_way_is_no_error(
    data: st.DataObject, document: dict[str, Any]
) -> None:
    old = data.draw(st.one_of(st.sampled_from(JUNK), broken(document)))
    assert summary(as_bytes(old), as_bytes(document))
