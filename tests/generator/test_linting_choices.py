"""A word that is not one of a closed list is named with the one that was meant, or with the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.specs import BASE, edited, write_spec

from generator.__main__ import main

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
    "type, one of several": (LINKS, ID, "    id:\n      type: [strin, 'null']\n", "did you mean `string`?"),
    "type, no word at all": (LINKS, ID, "    id:\n      type: 7\n", "use one of array, boolean, integer, "),
    "type, far from any": (
        LINKS,
        ID,
        "    id:\n      type: decimal\n",
        "use one of array, boolean, integer, ",
    ),
    "format": (LINKS, ID, f"{ID}      format: date-tme\n", "did you mean `date-time`?"),
    "format of another case": (LINKS, ID, f"{ID}      format: UUID\n", "did you mean `uuid`?"),
    "x-family": (PATHS, MONEY, MONEY.replace("pay", "paay"), "did you mean `pay`?"),
    "in": (PATHS, PAGE, PAGE.replace("query", "qury"), "did you mean `query`?"),
    "in, far from any": (PATHS, PAGE, PAGE.replace("query", "body"), "use one of query, header, "),
    "style": (PATHS, "    in: path\n", "    in: path\n      style: simpel\n", "did you mean `simple`?"),
    "a scheme": (ROOT, "type: apiKey\n", "type: apikey\n", "did you mean `apiKey`?"),
    "the place of a key": (ROOT, "in: header\n", "in: headr\n", "did you mean `header`?"),
    "x-amount-unit": (LINKS, "x-amount-unit: major", "x-amount-unit: majr", "did you mean `major`?"),
    "the evidence of a unit": (LINKS, UNIT, UNIT.replace("inferred", "infered"), "did you mean `inferred`?"),
    "x-evidence": (LINKS, STATUS, STATUS.replace("inferred", "infered"), "did you mean `inferred`?"),
    "x-evidence of an operation": (PATHS, "method: inferred", "method: infered", "did you mean `inferred`?"),
    "x-webhook-secret": (ROOT, "TokenSecret", "TokenSecrt", "did you mean `TokenSecret`?"),
    "a property": (PATHS, "key: requestId", "key: requestid", "did you mean `requestId`?"),
    "a field of a list": (PATHS, "items: data\n", "items: dta\n", "did you mean `data`?"),
    "a parameter of a list": (PATHS, "page: page\n", "page: pge\n", "did you mean `page`?"),
    "x-format": (LINKS, TOTAL, f"{TOTAL}      x-format: unix-second\n", "`x-format: unix-seconds`"),
}


@pytest.mark.parametrize("case", WORDS)
def test_a_word_of_a_closed_list_is_named_with_what_was_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    file, old, new, wanted = WORDS[case]
    spec = write_spec(tmp_path / "spec", edited(BASE, file, old, new))
    assert main(["generate", "--spec", str(spec), "--out", str(tmp_path / "plexy_pay")]) == 1
    said = capsys.readouterr().err
    [line] = [line for line in said.splitlines() if wanted in line]
    assert f"{file}:" in line
    assert "Fix: " in line


def test_an_unknown_type_is_told_once_and_not_by_every_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = edited(BASE, LINKS, ID, "    id:\n      type: strin\n")
    assert (
        main(["generate", "--spec", str(write_spec(tmp_path / "spec", files)), "--out", str(tmp_path / "p")])
        == 1
    )
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2, lines
    assert f"{LINKS}:26: 'strin' is not one of the words" in lines[0]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("in: query", "in: qury", "did you mean `query`?"),
        ("type: string", "type: strin", "did you mean `string`?"),
        ("type: string", "type: decimal", "use one of array, boolean, integer, "),
    ],
)
def test_the_same_is_said_of_a_document_of_another_api(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, wanted: str
) -> None:
    spec, config = tmp_path / "pets.yaml", tmp_path / "pets.toml"
    spec.write_text(PETS.replace(old, new), "utf-8")
    config.write_text("", "utf-8")
    arguments = ["--spec", str(spec), "--config", str(config), "--out", str(tmp_path / "pets")]
    assert main(["generate", *arguments]) == 1
    [line] = [line for line in capsys.readouterr().err.splitlines() if wanted in line]
    assert "pets.yaml:" in line


PETS = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - name: kind
          in: query
          schema:
            type: string
      responses: {"200": {description: Pets.}}
"""
