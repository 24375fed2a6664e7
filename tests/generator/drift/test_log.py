"""The log of `plexy_pay.drift`: which lines are read, and what comes of them."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plexy_pay._core.drift
import pytest
from helpers.drifts import Workspace, record, said
from helpers.pages import PROGRAMS
from hypothesis import given
from hypothesis import strategies as st
from plexy_pay._core.drift import Difference

from generator.drift import log

FEE = record("/data/*/fee", "unknown-field", "absent", "number")


def schemas(workspace: Workspace) -> dict[str, Any]:
    return workspace.document()["components"]["schemas"]


def test_a_new_field_is_added_as_observed(workspace: Workspace) -> None:
    report = workspace.correct(
        workspace.file("drift.jsonl", FEE + "\n"), "--source-name", "responses, 2026"
    )

    assert report["evidence"] == "observed"
    assert workspace.document()["components"]["schemas"]["response.Link"]["properties"][
        "fee"
    ] == {
        "type": "number",
        "description": "Seen in responses. What it means is not described yet.",
        "x-evidence": "observed",
        "x-source": ["responses, 2026"],
    }
    assert report["facts"] == {
        "properties.tsv": ["response.Link\tobserved\tfee\tresponses, 2026"]
    }


def test_types_null_and_required_fields_follow_what_was_seen(
    workspace: Workspace,
) -> None:
    lines = [
        record("/total", "type", "integer", "string"),
        record("/data/*/status", "type", "LinkStatus", "null"),
        record("/data", "missing", "array", "absent"),
    ]
    head = "response.Links:\n  type: object\n"
    with_flag = workspace.text("schemas/links.yaml").replace(
        head, f"{head}  required:  # always\n    - data\n"
    )
    workspace.file("spec/schemas/links.yaml", with_flag)
    report = workspace.correct(workspace.file("drift.jsonl", "\n".join(lines)))

    assert said(report, "by-hand") == []
    found = workspace.document()["components"]["schemas"]
    total = found["response.Links"]["properties"]["total"]
    assert (total["type"], total["x-evidence"]) == ("string", "observed")
    assert found["response.Link"]["properties"]["status"]["oneOf"][1] == {
        "type": "null"
    }
    assert "required" not in found["response.Links"]
    again = workspace.correct(workspace.file("drift.jsonl", "\n".join(lines)))
    assert again["findings"] == []


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            record("/data/*/status", "unknown-value", "LinkStatus", "string"),
            "the log holds no values",
        ),
        (
            record("/data/*/balance", "type", "number", "string"),
            "its unit is not to be guessed",
        ),
        (
            record("/data/*/payer", "unknown-field", "absent", "object"),
            "does not say what is in it",
        ),
        (
            record("/data/*/bonusAmount", "unknown-field", "absent", "string"),
            "unit that is not to be guessed",
        ),
        (
            record("/data/*/*", "unknown-field", "absent", "string"),
            "a program cannot tell",
        ),
        (
            record("/nowhere/at", "unknown-field", "absent", "string"),
            "`spec/` has no such place",
        ),
        (
            record("/data/*/id", "missing", "string", "absent"),
            "what the lint refuses: x-dedup",
        ),
        (record("", "type", "object", "array"), "expected object, seen array"),
        (record("", "missing", "object", "absent"), "a success came without content"),
        (
            record("/id", "type", "string", "null", "cards.list"),
            "`spec/` has no such operation",
        ),
    ],
)
def test_what_a_log_does_not_tell_is_for_a_person(
    workspace: Workspace, line: str, text: str
) -> None:
    before = workspace.texts()

    report = workspace.correct(workspace.file("drift.jsonl", line))

    (hand,) = said(report, "by-hand")
    assert text in hand
    assert workspace.texts() == before


def test_two_types_at_one_place_are_for_a_person(workspace: Workspace) -> None:
    lines = [
        record("/total", "type", "integer", seen) for seen in ("string", "boolean")
    ]

    report = workspace.correct(workspace.file("drift.jsonl", "\n".join(lines)))

    assert len(said(report, "by-hand")) == 1
    assert schemas(workspace)["response.Links"]["properties"] == {
        "data": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/response.Link"},
        },
        "total": {"type": "integer"},
    }


def test_what_is_documented_is_not_overruled_by_what_was_seen(
    workspace: Workspace,
) -> None:
    workspace.correct(workspace.export())
    line = record("/id", "missing", "string", "absent", "links.retrieve")

    report = workspace.correct(workspace.file("drift.jsonl", line))

    assert said(report, "patch") == []
    assert "that it is there is documented" in said(report, "by-hand")[0]


@pytest.mark.parametrize(
    "line",
    [
        FEE,
        json.dumps({"message": "x", "extra": json.loads(FEE)}),
        "2026-03-02 12:00:00,120 WARNING links.list: the response differs from the spec at /data/*/fee "
        "(unknown-field: expected absent, seen number). It is kept as it came; this is reported once.",
    ],
)
def test_a_line_is_read_in_each_form_and_others_are_skipped(
    workspace: Workspace, line: str
) -> None:
    text = f'{{"event": "started"}}\nGET /v1/links\n\n{line}\n{line}\nTraceback (most recent call last):\n'

    found = log.read(text)

    assert [
        (one.operation, one.pointer, one.kind, one.seen, one.line)
        for one in found.records
    ] == [("links.list", ("data", "*", "fee"), "unknown-field", "number", 4)]
    assert found.unreadable == ()


@pytest.mark.parametrize(
    "line",
    [
        record("/data/*/+77011234567", "unknown-field", "absent", "string"),
        record("/aigerim@shop.kz", "unknown-field", "absent", "string"),
        record("/fee", "unknown-field", "absent", "a word"),
        record("/fee", "other", "absent", "string"),
        record("fee", "unknown-field", "absent", "string"),
        record("/fee", "unknown-field", "absent", "string", "rm -rf"),
        '{"logger": "plexy_pay.drift", "operation": 1}',
    ],
)
def test_a_record_that_is_not_sound_is_named_by_its_line_and_not_used(
    workspace: Workspace, line: str
) -> None:
    before = workspace.texts()

    code, out, _ = workspace.run(workspace.file("drift.jsonl", f"{FEE}\n{line}\n"))

    assert code == 0
    assert "cannot be read: 2" in out
    assert "7701" not in out
    assert "aigerim" not in out
    assert workspace.texts() == before


def test_a_log_without_drift_says_so(workspace: Workspace) -> None:
    code, out, _ = workspace.run(workspace.file("app.log", '{"event": "started"}\n'))
    assert code == 0
    assert "it holds no record of `plexy_pay.drift`. Nothing to do." in out


def test_a_log_is_never_documented(workspace: Workspace) -> None:
    code, out, err = workspace.run(
        workspace.file("drift.jsonl", FEE), "--evidence", "documented"
    )
    assert (code, out) == (2, "")
    assert "A log is what was seen" in err


@pytest.fixture
def own_handlers() -> Iterator[None]:
    logger = logging.getLogger("plexy_pay.drift")
    before = logger.handlers[:]
    yield
    for handler in logger.handlers:
        if handler not in before:
            handler.close()
    logger.handlers[:] = before


@pytest.mark.usefixtures("own_handlers")
def test_the_handler_of_the_docs_writes_what_the_command_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (program,) = [one for one in PROGRAMS.values() if one.page.name == "drift.md"]
    exec(
        compile(program.text, program.page, "exec", dont_inherit=True),
        {"__name__": "__main__"},
    )

    plexy_pay._core.drift.report(
        "drifts.once", [Difference("/data/*/fee", "unknown-field", "absent", "number")]
    )

    (found,) = log.read((tmp_path / "drift.jsonl").read_text("utf-8")).records
    assert (found.operation, found.pointer, found.seen) == (
        "drifts.once",
        ("data", "*", "fee"),
        "number",
    )


@given(
    st.lists(
        st.text()
        | st.sampled_from([FEE, FEE.replace("fee", "f\\u0065e"), FEE[:-5], "{" * 500]),
        max_size=5,
    )
)
def test_no_line_breaks_the_reader(lines: list[str]) -> None:
    text = "\n".join(lines)
    log.is_log(text)
    for one in log.read(text).records:
        assert one.kind in log.KINDS


VALUES = st.text() | st.sampled_from(
    ["+77011234567", "a@b.kz", "4400430211112222", "Aigerim Omarova", "{{x}}"]
)


@given(VALUES, st.sampled_from(["pointer", "expected", "seen", "kind", "operation"]))
def test_whatever_stands_in_a_record_only_names_get_through(
    value: str, key: str
) -> None:
    facts = json.loads(FEE)
    facts[key] = f"/{value}" if key == "pointer" else value
    with contextlib.suppress(UnicodeEncodeError):
        for one in log.read(json.dumps(facts)).records:
            assert all(
                part.isascii() and not any(sign in part for sign in "@+ {}")
                for part in one.pointer
            )
            assert not any("7701" in part or "4400" in part for part in one.pointer)
