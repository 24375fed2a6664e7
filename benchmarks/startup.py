"""What starting costs: import and client over a bare interpreter; first response and its memory beside bare httpx."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parent.parent)

from benchmarks import environment, server
from benchmarks.document import KEY, LINK_ID
from benchmarks.measuring import Spread, Took, differences, interleave, ratios
from benchmarks.report import Row, alone, rounds

SCRIPTS = Path(__file__).parent / "first_response"
NOTHING = "pass"
CLIENT = f"from plexy_pay import PlexyPay; PlexyPay({KEY!r})"
LOADED = f"{CLIENT}; import sys; print(*sys.modules)"


def python(*arguments: str) -> Took:
    """Run the interpreter that has only what is compared, apart from this one's surroundings."""
    return Took.running([environment.python(), "-I", *arguments])


def memory(process: Took) -> float:
    """Megabytes that a process held at its end, as it said itself."""
    return int(process.output.split("VmRSS:")[1].split()[0]) / 1024


def measure(sides: Mapping[str, Sequence[str]], count: int) -> dict[str, list[Took]]:
    """Run the interpreter with each side's arguments once in each round."""
    finished: dict[str, list[Took]] = {side: [] for side in sides}

    def once(side: str) -> float:
        finished[side].append(python(*sides[side]))
        return finished[side][-1].cpu

    interleave({side: partial(once, side) for side in sides}, rounds=count, warm_up=1)
    return {side: processes[1:] for side, processes in finished.items()}


def rows(effort: float = 1.0) -> list[Row]:
    """Import and client, and the way to the first response in time and memory."""
    count = rounds(25, effort)
    found = _import_and_client(count)
    with server.running() as origin:
        arguments = [origin, KEY, LINK_ID]
        sides = {
            script.stem: [str(script), *arguments] for script in SCRIPTS.glob("*.py")
        }
        return found + _first_response(measure(sides, count))


def _import_and_client(count: int) -> list[Row]:
    runs = measure({"nothing": ["-c", NOTHING], "client": ["-c", CLIENT]}, count)
    loaded = [
        name
        for name in python("-c", LOADED).output.split()
        if name in ("httpx", "attr", "attrs")
    ]
    cpu = differences(
        _milliseconds(runs["client"], "cpu"), _milliseconds(runs["nothing"], "cpu")
    )
    wall = differences(
        _milliseconds(runs["client"], "wall"), _milliseconds(runs["nothing"], "wall")
    )
    what = "import plexy_pay and make a client"
    detail = f"{wall.median:.1f} ms by the clock on the wall"
    return [
        Row(f"{what}, over a bare interpreter", cpu, "ms", limit=25, detail=detail),
        Row(
            f"modules of httpx and attrs loaded by: {what}",
            Spread.of([float(len(loaded))]),
            "",
            limit=0,
            detail=", ".join(loaded),
        ),
    ]


def _first_response(runs: dict[str, list[Took]]) -> list[Row]:
    found: list[Row] = []
    for rival, name, most, largest in (
        ("bare", "attrs and bare httpx", 1.05, 2),
        ("bare_without_certificates", "the same, no certificates loaded", None, None),
    ):
        ours, theirs, stock = (
            [one.cpu for one in runs[side]] for side in ("ours", rival, "stock")
        )
        wall = ratios(
            [one.wall for one in runs["ours"]], [one.wall for one in runs[rival]]
        )
        found.append(
            Row(
                f"start to first response over {name}",
                ratios(ours, theirs),
                "x",
                limit=most,
                beside={"stock": ratios(stock, theirs).median},
                detail=f"{Spread.of(ours).median * 1000:.0f} ms of CPU; {wall.median:.2f} x by the clock on the wall",
            )
        )
        ours, theirs, stock = (
            [memory(one) for one in runs[side]] for side in ("ours", rival, "stock")
        )
        found.append(
            Row(
                f"memory after it over {name}",
                differences(ours, theirs),
                "MB",
                limit=largest,
                beside={"stock": differences(stock, theirs).median},
                detail=f"{Spread.of(ours).median:.1f} MB in all",
            )
        )
    return found


def _milliseconds(processes: Sequence[Took], kind: str) -> list[float]:
    return [getattr(process, kind) * 1000 for process in processes]


if __name__ == "__main__":
    sys.exit(alone(rows, __doc__))
