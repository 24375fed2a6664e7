"""The commands of a clone, with that clone's own code: `python -m`, without paying for the imports each time.

One process in the clone imports the generator. It forks for each command, so that no command sees what another left in
memory.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

#: What nearly every command needs, and takes long to import.
_HEAVY = (
    *(
        "generator.checking",
        "generator.coverage",
        "generator.changes.command",
        "generator.lint",
        "generator.overlays",
        "generator.vendor.command",
    ),
    *("generator.release.publishing", "generator.release.release"),
)


class Commands:
    """A process that runs modules of a clone until it is left.

    Args:
        clone: The directory of the clone.
    """

    def __init__(self, clone: Path) -> None:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "PLEXY_"))
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=clone,
            env={**clean, "PYTHONPATH": str(clone)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(
        self, module: str, arguments: list[str], directory: Path, out: Path, **env: str
    ) -> tuple[int, str]:
        """The exit status of `python -m MODULE ARGUMENTS` in a directory, and what it printed, which goes to a file."""
        assert self._process.stdin
        assert self._process.stdout
        order = {
            "module": module,
            "arguments": arguments,
            "directory": str(directory),
            "out": str(out),
            "env": env,
        }
        print(json.dumps(order), file=self._process.stdin, flush=True)
        status = int(self._process.stdout.readline())
        return status, out.read_text("utf-8")


def serve() -> None:
    """Run a command for each line that comes, and print its exit status."""
    for module in _HEAVY:
        __import__(module)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(_run(**json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(
    module: str, arguments: list[str], directory: str, out: str, env: Mapping[str, str]
) -> int:
    os.chdir(directory)
    os.environ.update(env)
    file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv[1:] = arguments
    status: Any = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return int(status)


if __name__ == "__main__":
    serve()
