"""The environment that start-up is measured in: an interpreter that has the packages to compare and nothing else.

What else is installed matters: `import httpx` also imports click and rich where it finds them. So the packages and what
they require are copied from the environment that runs the benchmarks, the same versions, with byte code, into a virtual
environment of their own.
"""

from __future__ import annotations

import compileall
import re
import shutil
import tempfile
import venv
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from benchmarks import stock
from benchmarks.document import PACKAGE

#: What the project's distribution and the stock client need at run time.
ROOTS = ("httpx", "attrs")


@cache
def python() -> str:
    """The interpreter of an environment with plexy_pay, the stock client, httpx and attrs; made once per process."""
    workspace = tempfile.TemporaryDirectory(prefix="plexy-pay-bench-")
    _WORKSPACES.append(workspace)
    venv.create(workspace.name, symlinks=True)
    (packages,) = Path(workspace.name).glob("lib/python*/site-packages")
    for name in sorted(_required(ROOTS)):
        for file in distribution(name).files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), packages / file)
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, packages / PACKAGE.name, ignore=without)
    shutil.copytree(
        stock.directory() / stock.NAME, packages / stock.NAME, ignore=without
    )
    compileall.compile_dir(packages, quiet=2)
    return str(Path(workspace.name, "bin", "python"))


def _required(roots: tuple[str, ...]) -> set[str]:
    """The roots and all that they require in this environment, extras left out."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:  # Not needed on this Python or system.
            continue
        found.add(name)
        waiting += [
            re.split(r"[^\w.-]", text, maxsplit=1)[0]
            for text in requires
            if "extra ==" not in text
        ]
    return found


_WORKSPACES: list[
    tempfile.TemporaryDirectory[str]
] = []  # Deleted when the process ends.
