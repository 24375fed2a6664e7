"""Copies of this repository as it is now, edits that are not committed included, each with a history of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from generator.releasing.project import Project

HERE = Project(Path(__file__).parents[2])


def clone(folder: Path) -> Project:
    """A copy with one commit."""
    for name in HERE.files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE.root / name, target)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "All of it")
    return Project(folder)


def commit(folder: Path, message: str) -> None:
    """Commit every change."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", message)


def git(folder: Path, *arguments: str) -> str:
    """Run git there."""
    settings = [
        "user.name=A test",
        "user.email=test@shop.example",
        "commit.gpgsign=false",
        "tag.gpgsign=false",
    ]
    options = [part for setting in settings for part in ("-c", setting)]
    done = subprocess.run(
        ["git", *options, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout
