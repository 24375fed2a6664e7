"""What holds for every test."""

from __future__ import annotations

import os
import random
import sys
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The speed of the machine is never a test's subject. In CI the same examples run every time: a failure there is a
# failure here too, and a new example is found at a desk, where someone can look at it.
SLOW = [HealthCheck.too_slow]
settings.register_profile(
    "desk", deadline=None, print_blob=True, suppress_health_check=SLOW
)
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# uv, zizmor and the Python that pyright asks are those of this environment, also where nobody activated it.
os.environ["PATH"] = os.pathsep.join(
    [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
)


#: Directories whose files take longest. Processes that share the files out begin with them, so that none is left over.
LONGEST = ("benchmarks", "contract", "generator", "release")


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "run files, and the tests of each, in the order that this number gives; without it, as they are written"
    parser.addoption("--order-seed", type=int, metavar="NUMBER", help=text)


def pytest_report_header(config: pytest.Config) -> list[str]:
    seed = config.getoption("--order-seed")
    return [] if seed is None else [f"order: repeat it with --order-seed={seed}"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Shuffle the files, and the tests of each; the same number gives every process of xdist the same order.

    pytest groups them by their fixtures after that. `random` of the tests themselves is left alone.
    """
    seed = config.getoption("--order-seed")
    if seed is not None:
        shuffle(items, seed)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: directory_of(item.path) not in LONGEST)


def directory_of(path: Path) -> str:
    """Return the directory of the tests in which a file is."""
    return path.relative_to(Path(__file__).parent).parts[0]


def shuffle(items: list[pytest.Item], seed: int) -> None:
    """Bring files, and the tests of each, into the order that a number gives."""
    # Not hash(), which differs from process to process.
    by_file = {
        path: list(group) for path, group in groupby(items, key=lambda item: item.path)
    }
    order = random.Random(seed)
    paths = sorted(by_file)
    order.shuffle(paths)
    for path in paths:
        order.shuffle(by_file[path])
    items[:] = [item for path in paths for item in by_file[path]]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory of this run, for all of its processes: see helpers/kept.py."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "kept"
