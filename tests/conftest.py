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
    if seed is None:
        return
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
