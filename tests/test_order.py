"""`nox -s tests` runs files and tests in an order that a number decides, so that none leans on a neighbour for long."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = [
    f"tests/runtime/test_{name}.py"
    for name in ("errors", "families", "loading", "paths", "references")
]


def collected(*options: str) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--collect-only",
        "-q",
        "-n0",
        *options,
        *FILES,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if "::" in line]


def files(names: list[str]) -> list[str]:
    return list(dict.fromkeys(name.partition("::")[0] for name in names))


def test_a_number_gives_an_order_of_files_and_tests_and_the_same_one_again() -> None:
    written, first, again, other = (
        collected(),
        collected("--order-seed=1"),
        collected("--order-seed=1"),
        collected("--order-seed=2"),
    )
    assert files(written) == FILES, "without a number the order is that of the files"
    assert first == again != other
    assert sorted(first) == sorted(other) == sorted(written)
    assert len({tuple(files(names)) for names in (written, first, other)}) == 3
    # A file stays whole: its servers are made once.
    runs = [name.partition("::")[0] for name in first]
    assert sum(one != two for one, two in pairwise(runs)) == len(FILES) - 1
    own = [name for name in first if name.startswith(FILES[0])]
    assert own != [name for name in written if name.startswith(FILES[0])], (
        "the tests of a file have another order, too"
    )


def test_the_order_is_named_so_that_a_failure_can_be_repeated() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--collect-only",
        "-n0",
        "--order-seed=7",
        FILES[0],
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--order-seed=7" in done.stdout
