"""What a measurement says: rows with a value, its spread, and the budget it has to keep."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.measuring import Spread

#: A measurement: how many rounds it makes is multiplied by the effort it is given.
Measurement = Callable[[float], "list[Row]"]

PEERS = (
    "httpx",
    "attrs",
    "pydantic",
    "openapi-python-client",
    "datamodel-code-generator",
)


@dataclass(frozen=True)
class Row:
    """One measured value.

    Args:
        what: What was measured, against what.
        value: The value with its spread.
        unit: `x` for a ratio, else a unit.
        limit: The budget; None for a value that stands there for comparison.
        at_least: The value must reach the limit, not keep below it.
        beside: The same value of peers, by name.
        detail: What the value was made of, in words.
    """

    what: str
    value: Spread
    unit: str
    limit: float | None = None
    at_least: bool = False
    beside: dict[str, float] = field(default_factory=dict[str, float])
    detail: str = ""

    @property
    def missed(self) -> bool:
        """Whether the median breaks the budget."""
        if self.limit is None:
            return False
        return (
            self.value.median < self.limit
            if self.at_least
            else self.value.median > self.limit
        )

    @property
    def verdict(self) -> str:
        """`ok`, `MISSED`, or nothing for a row without a budget."""
        return "" if self.limit is None else "MISSED" if self.missed else "ok"


def table(rows: Sequence[Row]) -> str:
    """The rows as text."""
    heads = ("what", "measured", "quartiles", "budget", "", "beside it")
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    value = row.value
    bound = "at least" if row.at_least else "at most"
    notes = [f"{name} {_number(other, row.unit)}" for name, other in row.beside.items()]
    return (
        row.what,
        _number(value.median, row.unit),
        f"{_number(value.low)} - {_number(value.high)}"
        if value.low != value.high
        else "",
        "" if row.limit is None else f"{bound} {row.limit:g} {row.unit}",
        row.verdict,
        "; ".join([*notes, row.detail] if row.detail else notes),
    )


def _number(value: float, unit: str = "") -> str:
    text = (
        f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.2f}"
    )
    return f"{text} {unit}".rstrip()


def machine() -> dict[str, object]:
    """Where and with what was measured, as far as it decides the values."""
    versions: dict[str, str] = {}
    for name in PEERS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "packages": versions,
    }


def as_json(rows: Sequence[Row], surroundings: dict[str, object]) -> str:
    """The rows, their budgets and the machine as JSON with stable keys."""
    listed = [{**asdict(row), "missed": row.missed} for row in rows]
    return json.dumps({"machine": surroundings, "rows": listed}, indent=2) + "\n"


def alone(
    measurement: Measurement,
    description: str | None,
    arguments: list[str] | None = None,
) -> int:
    """The command of a module that is run alone."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--effort",
        type=float,
        default=1.0,
        help="how many times as many rounds as usual",
    )
    options = parser.parse_args(arguments)
    print(table(measurement(options.effort)))
    return 0


def run(
    measurements: dict[str, Measurement], arguments: list[str] | None = None
) -> int:
    """The command that runs all measurements, or those that are asked for.

    Returns:
        1 with `--budgets` if a budget was missed, else 0.
    """
    parser = argparse.ArgumentParser(
        prog="nox -s bench --", description="Measure, side by side with peers."
    )
    parser.add_argument(
        "--budgets", action="store_true", help="fail if a budget is missed"
    )
    parser.add_argument(
        "--only",
        metavar="NAMES",
        help=f"some of {', '.join(measurements)}, with commas between",
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the results there, too"
    )
    parser.add_argument(
        "--effort",
        type=float,
        default=1.0,
        help="how many times as many rounds as usual",
    )
    options = parser.parse_args(arguments)
    chosen = list(measurements) if options.only is None else options.only.split(",")
    if unknown := [name for name in chosen if name not in measurements]:
        parser.error(
            f"no measurement is called {', '.join(unknown)}; there are {', '.join(measurements)}"
        )
    rows: list[Row] = []
    for name in chosen:
        print(f"{name}: measuring ...", flush=True)
        rows += measurements[name](options.effort)
    surroundings = machine()
    print(f"\n{table(rows)}\n")
    print(
        ", ".join(
            f"{key}: {value}"
            for key, value in surroundings.items()
            if key != "packages"
        )
    )
    if options.json is not None:
        options.json.write_text(as_json(rows, surroundings), "utf-8")
    missed = [row.what for row in rows if row.missed]
    print(
        f"Missed budgets: {'; '.join(missed)}."
        if missed
        else "Every budget that was measured is kept."
    )
    return 1 if missed and options.budgets else 0


def rounds(usual: int, effort: float) -> int:
    """How many rounds to make; at least one."""
    return max(1, round(usual * effort))
