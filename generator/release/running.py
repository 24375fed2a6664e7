"""Runs other programs, and keeps what they say."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .project import Refused


class Done(NamedTuple):
    """What became of a program.

    Attributes:
        failed: Whether it says so.
        output: What it printed.
        said: All that it said, errors too, for a person to read.
    """

    failed: bool
    output: str
    said: str


def run(
    command: Sequence[str],
    directory: Path,
    *,
    env: Mapping[str, str] | None = None,
    umask: int = -1,
) -> Done:
    """Run a program in a directory, and wait for it; `env` and `umask` are this process's where they are left out."""
    done = subprocess.run(
        command,
        cwd=directory,
        env=env,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode != 0, done.stdout, (done.stdout + done.stderr).strip())


def output_of(command: Sequence[str], directory: Path, env: Mapping[str, str]) -> str:
    """What a program prints.

    Raises:
        Refused: with all that it said, if it fails.
    """
    done = run(command, directory, env=env)
    if done.failed:
        raise Refused([f"`{' '.join(command[:4])} ...` failed:\n{done.said}"])
    return done.output
