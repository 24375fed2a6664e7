"""A word that is not one of a closed list is named with the one that was meant, or with the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.specs import BASE, edited, write_spec

from generator import pipeline
from generator.diagnostics import SpecError

LINKS, PATHS, ROOT = "schemas/links.yaml", "paths/links.yaml", "openapi.yaml"
ID = "    id:\n      type: string\n"

PAGE = "- name: page\n        in: query"
UNIT = "x-amount-unit-evidence: inferred"
STATUS = "LinkStatus:\n  type: string\n  x-evidence: inferred"
TOTAL = "    total:\n      type: integer\n"
MONEY = "x-family: pay\n    x-moves-money: true"

#: The file, a text that is in it once, what replaces it, and what the message says.
WORDS = {
    "type": (LINKS, ID, "    id:\n      type: strin\n", "did you mean `string`?"),
    "type, one of several": (
        LINKS,
        ID,
        "    id:\n      type: [strin, 'null']\n",
        "did you mean `string`?",
    ),
    "type, no word at all": (
        LINKS,
        ID,
        "    id:\n      type: 7\n",
        "use one of array, boolean, integer, ",
    ),
    "type, far from any": (
        LINKS,
        ID,
        "    id:\n      type: decimal\n",
        "use one of array, boolean, integer, ",
    ),
    "format": (LINKS, ID, f"{ID}      format: date-tme\n", "did you mean `date-time`?"),
    "format of another case": (
        LINKS,
        ID,
        f"{ID}      format: UUID\n",
        "did you mean `uuid`?",
    ),
    "x-family": (PATHS, MONEY, MONEY.replace("pay", "paay"), "write `x-family: pay`"),
    "in": (PATHS, PAGE, PAGE.replace("query", "qury"), "did you mean `query`?"),
    "in, far from any": (
        PATHS,
        PAGE,
        PAGE.replace("query", "body"),
        "use one of query, header, ",
    ),
    "style": (
        PATHS,
        "    in: path\n",
        "    in: path\n      style: simpel\n",
        "did you mean `simple`?",
    ),
    "a scheme": (ROOT, "type: apiKey\n", "type: apikey\n", "did you mean `apiKey`?"),
    "the place of a key": (
        ROOT,
        "in: header\n",
        "in: headr\n",
        "did you mean `header`?",
    ),
    "x-amount-unit": (
        LINKS,
        "x-amount-unit: major",
        "x-amount-unit: majr",
        "did you mean `major`?",
    ),
    "the evidence of a unit": (
        LINKS,
        UNIT,
        UNIT.replace("inferred", "infered"),
        "did you mean `inferred`?",
    ),
    "x-evidence": (
        LINKS,
        STATUS,
        STATUS.replace("inferred", "infered"),
        "did you mean `inferred`?",
    ),
    "x-evidence of an operation": (
        PATHS,
        "method: inferred",
        "method: infered",
        "did you mean `inferred`?",
    ),
    "x-webhook-secret": (
        ROOT,
        "TokenSecret",
        "TokenSecrt",
        "did you mean `TokenSecret`?",
    ),
    "a property": (
        PATHS,
        "key: requestId",
        "key: requestid",
        "did you mean `requestId`?",
    ),
    "a field of a list": (
        PATHS,
        "items: data\n",
        "items: dta\n",
        "did you mean `data`?",
    ),
    "a parameter of a list": (
        PATHS,
        "page: page\n",
        "page: pge\n",
        "did you mean `page`?",
    ),
    "x-format": (
        LINKS,
        TOTAL,
        f"{TOTAL}      x-format: unix-second\n",
        "`x-format: unix-seconds`",
    ),
}


def refused(directory: Path, file: str, old: str, new: str) -> list[str]:
    """Lint a description with one text replaced; returns what is said, line by line."""
    spec = write_spec(directory / "spec", edited(BASE, file, old, new))
    with pytest.raises(SpecError) as raised:
        pipeline.load_and_lint(spec, redocly=False)
    return str(raised.value).splitlines()


@pytest.mark.parametrize("case", WORDS)
def test_a_word_of_a_closed_list_is_named_with_what_was_meant(
    tmp_path: Path, case: str
) -> None:
    file, old, new, wanted = WORDS[case]
    [line] = [line for line in refused(tmp_path, file, old, new) if wanted in line]
    assert f"{file}:" in line
    assert "Fix: " in line


def test_an_unknown_type_is_told_once_and_not_by_every_example(tmp_path: Path) -> None:
    wrong = (LINKS, ID, "    id:\n      type: strin\n")
    [line] = refused(tmp_path, *wrong)
    assert f"{LINKS}:26: 'strin' is not one of the words" in line
    # To generate says the same, and makes nothing.
    with pytest.raises(SpecError) as raised:
        pipeline.generate(tmp_path / "spec" / "openapi.yaml", tmp_path / "plexy_pay")
    assert str(raised.value).splitlines() == [line]
    assert not (tmp_path / "plexy_pay").exists()
