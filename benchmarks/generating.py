"""How long generating takes: the whole spec, one that is ten times as large, and where nothing changed."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)


from benchmarks import stock
from benchmarks.document import bundled
from benchmarks.measuring import Spread, Took, interleave, ratios
from benchmarks.report import Row, alone, rounds
from generator.document import is_mapping, is_sequence

#: How much larger the large spec is.
TIMES = 10
#: The command generates this repository's own package from its own spec, so another spec is given to the pipeline.
_PROGRAM = """\
import gc, sys
from pathlib import Path
from generator import pipeline
gc.disable()
pipeline.generate(Path(sys.argv[1]), Path(sys.argv[2]))
"""

_SCHEMAS, _RESPONSES = "#/components/schemas/", "#/components/responses/"


def grown(copies: int) -> dict[str, Any]:
    """The bundled document with every path, webhook, schema and response that many times.

    The first copy keeps its names. In each further one, paths, operation ids, resources, schemas and events have names
    of their own, so that nothing is shared between the copies but tags and the ways to give a key. The one webhook
    whose body has no name stays alone, with its schema.
    """
    original = bundled()
    named = {
        name: item
        for name, item in original["webhooks"].items()
        if "x-event" in item["post"]
    }
    events = frozenset(item["post"]["x-event"] for item in named.values())
    alone = json.dumps(
        [item for name, item in original["webhooks"].items() if name not in named]
    )
    document: dict[str, Any] = {
        **original,
        "paths": {},
        "webhooks": {},
        "components": {},
    }
    components = document["components"]
    components.update(original["components"], schemas={}, responses={})
    for number in range(copies):
        renamed = _Copy(number, events)
        for path, item in original["paths"].items():
            document["paths"][renamed.path(path)] = renamed.value(item)
        for name, item in (named if number else original["webhooks"]).items():
            document["webhooks"][renamed.name(name)] = renamed.value(item)
        for kind in ("schemas", "responses"):
            for name, value in original["components"][kind].items():
                if not (number and f'"{_SCHEMAS}{name}"' in alone):
                    components[kind][renamed.name(name)] = renamed.value(value)
    return document


class _Copy:
    """One copy of the document: what its names are."""

    def __init__(self, number: int, events: frozenset[str]) -> None:
        self._suffix = f"Copy{number}" if number else ""
        self._events = events

    def name(self, name: str) -> str:
        return name + self._suffix

    def path(self, path: str) -> str:
        if not self._suffix:
            return path
        version, slash, rest = path[1:].partition("/")
        return f"/{version}/{self._suffix.lower()}{slash}{rest}"

    def value(self, value: Any) -> Any:
        if is_sequence(value):
            return [self.value(item) for item in value]
        if isinstance(value, str) and value in self._events:
            return self.name(value)
        if not is_mapping(value):
            return value
        return {key: self._entry(key, item) for key, item in value.items()}

    def _entry(self, key: str, value: Any) -> Any:
        if key == "x-resource" and self._suffix:
            return f"{value}_{self._suffix.lower()}"
        if key in ("operationId", "x-class-name") or (
            isinstance(value, str) and value.startswith((_SCHEMAS, _RESPONSES))
        ):
            return self.name(value)
        return self.value(value)


def generating(spec: Path, out: Path) -> Took:
    """Generate the package from a spec into a directory."""
    return Took.running([sys.executable, "-c", _PROGRAM, str(spec), str(out)])


def nox() -> Took:
    """Run `nox -s generate` on spec/ as a maintainer does, also if nothing changed."""
    return Took.running(
        [sys.executable, "-m", "nox", "-s", "generate", "--", "--force"]
    )


def rows(effort: float = 1.0) -> list[Row]:
    """The whole spec, nothing to do, and what a spec of ten times the size takes."""
    with tempfile.TemporaryDirectory(prefix="plexy-pay-bench-") as directory:
        return [
            _whole(rounds(3, effort)),
            _nothing(rounds(10, effort)),
            _growth(Path(directory), rounds(1, effort)),
        ]


def _whole(count: int) -> Row:
    nox()  # Makes the environment ready.
    runs = [nox() for _ in range(count)]
    stock_wall = stock.seconds()
    wall = Spread.of([one.wall for one in runs]).median
    cpu = Spread.of([one.cpu for one in runs]).median
    return Row(
        "nox -s generate over stock, by the clock on the wall",
        Spread.of([one.wall / stock_wall for one in runs]),
        "x",
        limit=1.5,
        detail=f"{wall:.1f} s and {cpu:.1f} s of CPU, stock {stock_wall:.1f} s",
    )


def _nothing(count: int) -> Row:
    command = [sys.executable, "-m", "generator", "generate"]
    Took.running(command)  # After it the package is current for this interpreter.
    sides: dict[str, Callable[[], float]] = {
        "generate": lambda: Took.running(command).cpu,
        "python": lambda: Took.running([sys.executable, "-c", "pass"]).cpu,
    }
    found = interleave(sides, rounds=count)
    more = [
        ours - bare
        for ours, bare in zip(found["generate"], found["python"], strict=True)
    ]
    return Row(
        "generate where nothing changed, CPU beyond the start of Python",
        Spread.of(more),
        "s",
        limit=0.1,
    )


def _growth(directory: Path, count: int) -> Row:
    specs = {copies: directory / f"openapi-{copies}.json" for copies in (1, TIMES)}
    for copies, path in specs.items():
        path.write_text(
            json.dumps(grown(copies), indent=2, ensure_ascii=False), "utf-8"
        )
    walls: dict[int, list[float]] = {copies: [] for copies in specs}

    def once(copies: int) -> float:
        # One slow start of the short run would decide the ratio.
        runs = [
            generating(specs[copies], directory / "plexy_pay")
            for _ in range(3 if copies == 1 else 1)
        ]
        walls[copies].append(min(run.wall for run in runs))
        return min(run.cpu for run in runs)

    sides: dict[str, Callable[[], float]] = {
        str(copies): partial(once, copies) for copies in specs
    }
    found = interleave(sides, rounds=count, warm_up=0)
    wall = Spread.of(walls[TIMES]).median / Spread.of(walls[1]).median
    seconds = f"{Spread.of(found['1']).median:.1f} s and {Spread.of(found[str(TIMES)]).median:.1f} s of CPU"
    return Row(
        f"time to generate as the spec grows {TIMES} times",
        ratios(found[str(TIMES)], found["1"]),
        "x",
        limit=8,
        detail=f"{seconds}; {wall:.1f} x by the clock on the wall",
    )


if __name__ == "__main__":
    sys.exit(alone(rows, __doc__))
