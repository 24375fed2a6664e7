"""Tries a package that was made before it takes the place of another one: it compiles, and all of it can be imported.

Hand-written modules are looked through first of all, since a mistake in one is the most likely. The package is imported
by `trial_imports.py`, in a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Any, Self

from . import hidden_characters
from .diagnostics import Diagnostic, GenerationError, shown
from .emit.optional import ADAPTERS
from .formatting import ruff
from .places import RUNTIME

#: What writes the files of a directory of the package.
_MADE_BY = {
    "api": "generator/emit/templates/opc/",
    "models": "generator/emit/templates/opc/",
    "params": "generator/emit/typed_dicts.py",
}
_CHILD = Path(__file__).parent / "trial_imports.py"
#: A module that waits for something when it is imported must not stop the generator for good.
_SECONDS = 120


def read_sources() -> None:
    """Look the hand-written modules through for names that they use and do not have, and for what is no Python.

    Raises:
        GenerationError: naming every mistake, with file and line.
    """
    sources = sorted(RUNTIME.rglob("*.py"))
    _refuse(diagnostic for path in sources for diagnostic in _characters(path))
    found = undefined_names(RUNTIME)
    # Python says better what is wrong with what it cannot read.
    _refuse(found and (_unreadable(sources) or found))


def _characters(path: Path) -> Iterator[Diagnostic]:
    """What keeps a module from being read as text, by tools and by people."""
    raw = path.read_bytes()
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        yield Diagnostic(
            shown(path), line, "the file is not UTF-8 text", "save it as UTF-8"
        )
        return
    for line, char in hidden_characters.found_in(text):
        message = f"the module has the invisible character U+{ord(char):04X}"
        yield Diagnostic(shown(path), line, message, "write it as an escape")


def _unreadable(sources: Iterable[Path]) -> list[Diagnostic]:
    diagnostics: list[Diagnostic] = []
    for path in sources:
        try:
            compile(path.read_bytes(), path, "exec", dont_inherit=True)
        except SyntaxError as error:
            text = f"SyntaxError: {error.msg}"
            diagnostics.append(
                Diagnostic(shown(path), error.lineno or 1, text, "correct the module")
            )
    return diagnostics


def undefined_names(directory: Path) -> list[Diagnostic]:
    """Return the undefined names below a directory, by ruff: also those in functions, which an import does not run."""
    options = [
        "--isolated",
        "--no-cache",
        "--target-version",
        "py311",
        "--select",
        "F821",
    ]
    done = ruff(
        "check", *options, "--output-format", "json", "--exit-zero", str(directory)
    )
    if done.returncode:
        raise GenerationError(
            f"ruff check failed on hand-written modules:\n{done.stdout}{done.stderr}"
        )
    return [_finding(found) for found in json.loads(done.stdout)]


def _finding(found: dict[str, Any]) -> Diagnostic:
    fix = "import or define it" if found["code"] == "F821" else "correct the module"
    return Diagnostic(
        shown(Path(found["filename"])), found["location"]["row"], found["message"], fix
    )


class Trial:
    """The process in which a package is tried; it gets ready from now on, and ends with the block at the latest."""

    def __init__(self) -> None:
        # -P: nothing beside the program is imported by accident. -B: it leaves nothing in the package.
        command = [sys.executable, "-P", "-B", str(_CHILD)]
        self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
        self._directory = Path()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, directory: Path, name: str) -> None:
        """Let it import the package in a directory, with each of its modules and each name that it promises.

        Args:
            directory: The package.
            name: The name under which it will be imported, with dots.
        """
        self._directory = directory
        order = {
            "directory": str(directory.resolve()),
            "name": name,
            "optional": ADAPTERS,
        }
        assert self._process.stdin is not None
        # Why it ended is told at the end.
        with suppress(BrokenPipeError):
            print(json.dumps(order), file=self._process.stdin, flush=True)

    def end(self) -> None:
        """Wait until it is done.

        Raises:
            GenerationError: naming everything that fails, with file, line and what to do.
        """
        try:
            out, error = self._process.communicate(timeout=_SECONDS)
        except TimeoutExpired:
            raise GenerationError(
                f"{self._directory.name} was not imported within {_SECONDS} s. Look for a hand-written module that "
                "waits for something when it is imported."
            ) from None
        try:
            found: list[dict[str, Any]] = json.loads(out)
        except ValueError:
            status = self._process.returncode
            raise GenerationError(
                f"{self._directory.name} ended the process that imported it ({status}):\n{error.strip()}"
            ) from None
        _refuse(_diagnostic(self._directory, **one) for one in found)


def try_out(directory: Path, name: str) -> None:
    """Import the package in a directory, with each of its modules and each name that it promises.

    Args:
        directory: The package.
        name: The name under which it will be imported, with dots.

    Raises:
        GenerationError: naming everything that fails, with file, line and what to do.
    """
    with Trial() as trial:
        trial.begin(directory, name)
        trial.end()


def _refuse(diagnostics: Iterable[Diagnostic]) -> None:
    if texts := [str(diagnostic) for diagnostic in sorted(set(diagnostics))]:
        raise GenerationError("\n".join(texts))


def _diagnostic(
    directory: Path, file: str, line: int, text: str, fix: str
) -> Diagnostic:
    """A finding of the process that imported the package, told of the file that people edit."""
    built = (directory / file).read_text("utf-8").splitlines()
    if (source := RUNTIME / file).is_file():
        return Diagnostic(shown(source), line, text, fix)
    made_by = _MADE_BY.get(file.partition("/")[0], "generator/emit/templates/ours/")
    fix = f"correct what writes it, {made_by}, or what it is made from. Its first line is: {built[0]}"
    return Diagnostic(
        f"{directory.name}/{file}", line, f"{text} in `{built[line - 1].strip()}`", fix
    )
