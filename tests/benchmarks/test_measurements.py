"""Each measurement, with as few rounds as there can be: that it measures what it says, not how fast anything is."""

from __future__ import annotations

import json
import re
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest
from helpers.openapi import operations

from benchmarks import (
    calls,
    concurrency,
    decoding,
    dependencies,
    generating,
    server,
    startup,
    stock,
)
from benchmarks.__main__ import MEASUREMENTS
from benchmarks.document import KEY, LINK_ID, LINKS, TRANSACTIONS, bundled
from generator import document, lint, loader

README = Path(__file__).parents[2] / "benchmarks" / "README.md"


def test_the_server_answers_what_the_document_shows_and_keeps_the_connection() -> None:
    with server.running() as origin:
        with urllib.request.urlopen(f"{origin}{LINKS}/{LINK_ID}") as response:
            assert json.load(response)["id"] == LINK_ID
            assert (
                response.headers["Connection"] is None
                or response.headers["Connection"] == "keep-alive"
            )
        with urllib.request.urlopen(f"{origin}{TRANSACTIONS}") as response:
            assert json.load(response)["data"]


def test_every_side_of_a_call_gets_the_same_response_to_the_same_request() -> None:
    with server.running() as origin, ExitStack() as clients:
        for sides in calls.sync_sides(origin, clients).values():
            found = {name: call() for name, call in sides.items()}
            assert found["plexy_pay"].to_dict() == found["httpx"]
            assert found["plexy_pay"].expires_at == found["stock"].expires_at


def test_every_call_has_a_row_with_a_budget() -> None:
    found = calls.rows(effort=0)

    assert [row.what.split(", ")[1] for row in found] == [
        "sync GET",
        "sync POST",
        "async GET",
        "async POST",
    ]
    assert {row.limit for row in found} == {1.0}
    assert all(row.beside["stock"] > 0 for row in found)


def test_many_calls_in_flight_have_a_row_for_each_way_and_number() -> None:
    found = concurrency.measure(0.001, rounds=1, in_flight=(2, 3))

    assert list(found) == [
        ("asyncio", 2),
        ("threads", 2),
        ("asyncio", 3),
        ("threads", 3),
    ]
    for loads in found.values():
        assert {"plexy_pay", "httpx"} <= loads.keys()
        assert not any(load.failed for side in loads.values() for load in side)
    rows = concurrency._rows("asyncio", 100, 0.05, found["asyncio", 3])
    assert [(row.limit, row.at_least) for row in rows] == [(1.5, True), (0.75, False)]


def test_no_speed_is_told_of_a_client_whose_calls_failed() -> None:
    load = concurrency.Load(per_second=1000.0, cpu=0.1, failed=1)
    with pytest.raises(RuntimeError, match="calls of ours failed"):
        concurrency._rows("threads", 10, 0.0, {"plexy_pay": [load], "httpx": [load]})


def test_every_side_decodes_the_same_page() -> None:
    content = decoding.page()
    pages = {name: decode(content) for name, decode in decoding.sides().items()}

    wanted = json.loads(content)["data"]
    for page in pages.values():
        assert [float(row.amount) for row in page.data] == [
            row["amount"] for row in wanted
        ]
        assert (
            len(
                {
                    row.created_at if hasattr(row, "created_at") else row.createdAt
                    for row in page.data
                }
            )
            > 1
        )
        fields = decoding.reader(page.data[0])(page.data[0])
        assert isinstance(fields, tuple)
        assert len(cast("tuple[object, ...]", fields)) >= len(wanted[0])


def test_decoding_is_compared_with_pydantic_and_the_stock_models() -> None:
    over_pydantic, faster_than_stock = decoding.rows(effort=0)

    assert (over_pydantic.limit, over_pydantic.at_least) == (1.3, False)
    assert (faster_than_stock.limit, faster_than_stock.at_least) == (2, True)


def test_start_and_memory_are_measured_in_processes_of_their_own() -> None:
    found = startup.rows(effort=0)

    assert [row.limit for row in found] == [25, 0, 1.05, 2, None, None]
    loaded = next(row for row in found if row.what.startswith("modules"))
    assert not loaded.missed


def test_the_scripts_of_the_first_response_print_the_same() -> None:
    with server.running() as origin:
        printed = {
            startup.python(str(script), origin, KEY, LINK_ID).output.split()[0]
            for script in startup.SCRIPTS.glob("*.py")
        }
    assert printed == {"ORD-1001"}


@pytest.mark.parametrize("copies", [1, 3])
def test_a_grown_document_is_sound_and_has_everything_that_many_times(
    tmp_path: Path, copies: int
) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(generating.grown(copies)), "utf-8")

    found = loader.load(file)

    assert not lint.lint(file, found, redocly=False)
    original = bundled()
    assert len(found.data["paths"]) == copies * len(original["paths"])
    # The webhook whose body has no name can be there once only, and so its schema.
    assert len(found.data["webhooks"]) == copies * (len(original["webhooks"]) - 1) + 1
    schemas, responses = (
        found.data["components"][kind] for kind in ("schemas", "responses")
    )
    assert len(schemas) == copies * (len(original["components"]["schemas"]) - 1) + 1
    assert len(responses) == copies * len(original["components"]["responses"])
    ids = [
        text
        for _, node in document.objects(found.data)
        if isinstance(text := node.get("operationId"), str)
    ]
    assert len(ids) == len(set(ids)) > 0


def test_the_stock_client_is_the_tools_own_work_on_the_whole_document() -> None:
    api = stock.directory() / stock.NAME / "api"

    made = [path for path in api.rglob("*.py") if path.name != "__init__.py"]
    assert len(made) == len(list(operations(bundled())))
    assert not any(
        "plexy-pay" in path.read_text("utf-8").splitlines()[0] for path in made
    )


def test_a_third_dependency_misses_the_budget(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text(
        '[project]\ndependencies = ["httpx>=0.26,<1", "attrs", "pydantic>=2"]\n',
        "utf-8",
    )

    (row,) = dependencies.rows(project=project)

    assert row.missed
    assert "pydantic" in row.detail


def test_the_page_about_the_benchmarks_names_every_measurement() -> None:
    named = set(
        re.findall(r"^\| `([a-z]+)` \|", README.read_text("utf-8"), re.MULTILINE)
    )

    assert named == MEASUREMENTS.keys()
