"""Load a side of a comparison: a git revision of this repository, a directory, or a bundled document in one file."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from .. import pipeline
from ..diagnostics import Diagnostic, SpecError, ToolError
from ..document import Document, Location, Mark

#: Where a directory may have its document: the spec itself, a repository, a generated or vendored package.
_ROOTS = ("openapi.yaml", "spec/openapi.yaml", "openapi.json")


def load_side(text: str) -> Document:
    """Return the bundled document that a text on the command line stands for.

    Args:
        text: A file, a directory with `openapi.yaml`, `spec/openapi.yaml` or `openapi.json`, or else a git revision of
            this repository, whose `spec/` is read.

    Raises:
        SpecError: if the document cannot be read.
        ToolError: if there is no such file, directory or revision.
    """
    path = Path(text)
    if path.is_dir():
        return pipeline.load(_root(path))
    return pipeline.load(path) if path.is_file() else _revision(text)


def _root(directory: Path) -> Path:
    for name in _ROOTS:
        if (directory / name).is_file():
            return directory / name
    raise ToolError(
        f"{directory} has no {' or '.join(_ROOTS)}. Give the directory of a spec, or a bundled file."
    )


def text_at(revision: str, path: str) -> str:
    """Return the text of a file at a git revision; empty if there is none.

    Raises:
        ToolError: if there is no such revision.
    """
    return _git("show", f"{_commit(revision)}:{path}").decode()


def _commit(text: str) -> str:
    wanted = (
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        f"{text}^{{commit}}",
    )
    commit = _git(*wanted).decode().strip()
    if not commit:
        raise ToolError(
            f"{text} is no file, no directory and no git revision of this repository. `git tag` and `git log "
            "--oneline` list revisions; in a shallow clone `git fetch --unshallow --tags` brings them."
        )
    return commit


def _revision(text: str) -> Document:
    archive = _git("archive", "--format=tar", _commit(text), "spec")
    if not archive:
        raise ToolError(
            f"the revision {text} has no spec/ directory. Give a later revision."
        )
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(scratch, filter="data")
        prefix = Path(scratch).as_posix() + "/"
        try:
            document = pipeline.load(Path(scratch, "spec", "openapi.yaml"))
        except SpecError as error:
            raise SpecError(
                Diagnostic(
                    f"{text}:{diagnostic.file.removeprefix(prefix)}",
                    diagnostic.line,
                    diagnostic.message,
                    diagnostic.fix,
                )
                for diagnostic in error.diagnostics
            ) from None
    _rename(document.marks, prefix, f"{text}:")
    return document


def _rename(marks: Mark, old: str, new: str) -> None:
    """Give the places of a document another beginning: as git writes them, `main:spec/openapi.yaml`."""
    waiting = [marks]
    while waiting:
        mark = waiting.pop()
        # Several places may share a mark, which has its new name then, and so have those below it.
        if mark.location.file.startswith(old):
            mark.location = Location(
                new + mark.location.file.removeprefix(old), mark.location.line
            )
            waiting += mark.children.values()


def _git(*arguments: str) -> bytes:
    """Return what git prints; nothing if it refuses."""
    try:
        done = subprocess.run(
            ("git", "-C", str(pipeline.PROJECT), *arguments),
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise ToolError(
            "git is not installed, so revisions cannot be read. Give two directories or files."
        ) from None
    return done.stdout if done.returncode == 0 else b""
