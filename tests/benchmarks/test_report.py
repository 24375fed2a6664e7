"""The command of the benchmarks: what it prints, what it writes, and when it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.measuring import Spread, differences, interleave, ratios
from benchmarks.report import Measurement, Row, run, table


def row(
    what: str, value: float, limit: float | None = None, *, at_least: bool = False
) -> Row:
    return Row(what, Spread.of([value]), "x", limit=limit, at_least=at_least)


def measured(*rows: Row) -> Measurement:
    return lambda _: list(rows)


def test_a_kept_budget_and_a_value_without_one_are_a_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    measurements = {
        "call": measured(row("CPU of a call", 1.04, 1.05), row("only to compare", 9.0))
    }

    assert run(measurements, ["--budgets"]) == 0

    assert "Every budget that was measured is kept." in capsys.readouterr().out


def test_a_missed_budget_is_named_and_fails_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    measurements = {
        "call": measured(row("CPU of a call", 1.06, 1.05)),
        "decode": measured(row("decoding a page", 1.4, 1.5)),
    }

    assert run(measurements, ["--budgets"]) == 1

    printed = capsys.readouterr().out
    assert "Missed budgets: CPU of a call." in printed
    assert "MISSED" in next(
        line for line in printed.splitlines() if line.startswith("CPU of a call")
    )
    assert "MISSED" not in next(
        line for line in printed.splitlines() if line.startswith("decoding a page")
    )


def test_without_budgets_a_missed_one_is_named_and_the_run_succeeds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run({"call": measured(row("CPU of a call", 1.06, 1.05))}, []) == 0
    assert "Missed budgets: CPU of a call." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "missed"), [(1.99, True), (2.0, False), (3.0, False)]
)
def test_some_budgets_are_a_least_value(value: float, missed: bool) -> None:
    assert row("times as fast", value, 2, at_least=True).missed is missed


def test_a_value_equal_to_its_budget_keeps_it() -> None:
    assert not row("CPU of a call", 1.05, 1.05).missed


def test_only_what_is_asked_for_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    def never(effort: float) -> list[Row]:
        raise AssertionError("This one was not asked for.")

    measurements: dict[str, Measurement] = {
        "call": measured(row("CPU of a call", 1.0, 1.05)),
        "start": never,
    }

    assert run(measurements, ["--only", "call"]) == 0


def test_a_measurement_that_does_not_exist_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run({"call": measured()}, ["--only", "calls"])

    assert "no measurement is called calls" in capsys.readouterr().err


def test_the_effort_reaches_every_measurement() -> None:
    seen: list[float] = []

    def measure(effort: float) -> list[Row]:
        seen.append(effort)
        return []

    run({"call": measure, "start": measure}, ["--effort", "0.5"])

    assert seen == [0.5, 0.5]


def test_the_results_are_written_as_json(tmp_path: Path) -> None:
    file = tmp_path / "results.json"

    run({"call": measured(row("CPU of a call", 1.06, 1.05))}, ["--json", str(file)])

    written = json.loads(file.read_text("utf-8"))
    assert written["rows"] == [
        {
            "what": "CPU of a call",
            "value": {"median": 1.06, "low": 1.06, "high": 1.06},
            "unit": "x",
            "limit": 1.05,
            "at_least": False,
            "beside": {},
            "detail": "",
            "missed": True,
        }
    ]
    assert {"python", "system", "processors", "packages"} <= written["machine"].keys()


def test_the_table_shows_value_spread_budget_and_peers() -> None:
    shown = table(
        [
            Row(
                "CPU of a call",
                Spread(1.04, 1.01, 1.2),
                "x",
                limit=1.05,
                beside={"stock": 1.25},
                detail="so",
            )
        ]
    )

    line = shown.splitlines()[1]
    cells = [
        "CPU of a call",
        "1.04 x",
        "1.01 - 1.20",
        "at most 1.05 x",
        "ok",
        "stock 1.25 x; so",
    ]
    assert [cell.strip() for cell in line.split("  ") if cell] == cells


def test_ratios_and_differences_compare_within_a_round() -> None:
    # The second round ran on a machine that was ten times as slow, for both sides alike.
    assert ratios([2.0, 20.0, 3.0], [1.0, 10.0, 1.0]) == Spread(2.0, 2.0, 2.5)
    assert differences([5.0, 9.0, 7.0], [4.0, 4.0, 4.0]) == Spread(3.0, 2.0, 4.0)


def test_sides_that_were_not_measured_alike_are_not_compared() -> None:
    with pytest.raises(ValueError, match="argument"):
        ratios([1.0, 2.0], [1.0])


def test_the_sides_take_turns_and_the_warm_up_does_not_count() -> None:
    turns: list[str] = []

    def side(name: str, value: float) -> float:
        turns.append(name)
        return value

    found = interleave(
        {"a": lambda: side("a", 1.0), "b": lambda: side("b", 2.0)}, rounds=2, warm_up=1
    )

    assert turns == ["b", "a", "a", "b", "b", "a"]
    assert found == {"a": [1.0, 1.0], "b": [2.0, 2.0]}
