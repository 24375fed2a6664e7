"""Copies of this repository as it is now, edits that are not committed included, each with a history of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from helpers.specs import write_spec

from generator.release.project import Project

HERE = Project(Path(__file__).parents[2])


def clone(directory: Path, spec: dict[str, str] | None = None) -> Project:
    """A copy with one commit.

    Args:
        directory: Where it goes.
        spec: The files of another description, to have in place of this repository's; a small one is generated sooner.
    """
    for name in HERE.files():
        if spec is not None and name.startswith("spec/"):
            continue
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE.root / name, target)
    if spec is not None:
        write_spec(directory / "spec", spec)
    git(directory, "init", "--quiet", "--initial-branch=main")
    commit(directory, "All of it")
    return Project(directory)


def commit(directory: Path, message: str) -> None:
    """Commit every change."""
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--no-verify", "--message", message)


def git(directory: Path, *arguments: str) -> str:
    """Run git there, without the configuration of the user and the machine."""
    env = dict(os.environ)
    env["GIT_CONFIG_GLOBAL"] = os.devnull
    env["GIT_CONFIG_NOSYSTEM"] = "1"
    for role in ("AUTHOR", "COMMITTER"):
        env[f"GIT_{role}_NAME"] = "A test"
        env[f"GIT_{role}_EMAIL"] = "test@shop.example"
    command = ["git", *arguments]
    done = subprocess.run(
        command,
        cwd=directory,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout
