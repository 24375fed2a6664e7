"""Makes the patch: the edits of the findings, in copies of the files, linted as a whole.

What would break the spec is found by trying and handed to a person, so that the rest of the patch still stands.
"""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import linting
from ..document import Document
from ..problems import SpecError
from . import placeholders
from .finding import AddSchema, Drop, Edit, Finding, Move, Rename, Verdict
from .workspace import Workspace
from .yaml_edit import CannotEditError

_ROUNDS = 8


@dataclass(frozen=True)
class Patch:
    """What is to be written.

    Attributes:
        findings: All findings, those of the patch among them.
        texts: The new text of each file that changes, by its path beside the root file.
        document: The bundled document as it is with the patch.
        root: The root file that it was made for.
    """

    findings: tuple[Finding, ...]
    texts: dict[str, str]
    document: Document
    root: Path

    def diff(self) -> str:
        """The patch as a unified diff."""
        parts: list[str] = []
        for name, text in self.texts.items():
            path = self.root.parent / name
            old = path.read_bytes().decode("utf-8").splitlines(keepends=True)
            new, shown = text.splitlines(keepends=True), path.as_posix().lstrip("/")
            parts += difflib.unified_diff(old, new, f"a/{shown}", f"b/{shown}")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in parts)

    def write(self) -> None:
        """Write the files, each whole or not at all."""
        for name, text in self.texts.items():
            path = self.root.parent / name
            beside = path.with_name(f".{path.name}.drift")
            beside.write_text(text, encoding="utf-8", newline="")
            os.replace(beside, path)


def make(root: Path, document: Document, find: Callable[[dict[str, str]], list[Finding]]) -> Patch:
    """Make the patch.

    Args:
        root: The root file of the spec.
        document: Its bundled document, which is sound.
        find: Gives the findings; it is told the ids of those that cannot be patched, with the reason.
    """
    refused: dict[str, str] = {}
    wanted: list[Finding] = []
    for _ in range(_ROUNDS):
        findings = [_with_reason(one, refused) for one in find(refused)]
        wanted = [one for one in findings if one.verdict is Verdict.PATCH]
        tried = _try(root, document, wanted)
        if not tried.problems:
            return Patch(tuple(findings), tried.texts, tried.document or document, root)
        accepted: list[Finding] = []
        before = len(refused)
        _sort_out(root, document, wanted, accepted, refused)
        if len(refused) == before:
            break
    # What is left breaks only together; nothing of it is written.
    refused |= {one.id: "with the other changes it would break the spec" for one in wanted}
    findings = [_with_reason(one, refused) for one in find(refused)]
    return Patch(tuple(one for one in findings if one.verdict is not Verdict.PATCH), {}, document, root)


def _with_reason(one: Finding, refused: dict[str, str]) -> Finding:
    if one.verdict is Verdict.HAND and one.id in refused:
        return Finding(one.kind, one.verdict, one.where, one.subject, f"{one.text}; {refused[one.id]}")
    return one


@dataclass(frozen=True)
class _Trial:
    problems: tuple[str, ...]
    texts: dict[str, str]
    document: Document | None


def _sort_out(
    root: Path,
    document: Document,
    wanted: Sequence[Finding],
    accepted: list[Finding],
    refused: dict[str, str],
) -> None:
    """Split the findings until those that break the spec stand alone."""
    tried = _try(root, document, [*accepted, *wanted])
    if not tried.problems:
        accepted += wanted
    elif len(wanted) == 1:
        refused[wanted[0].id] = f"a program would write {tried.problems[0]}"
    else:
        half = len(wanted) // 2
        _sort_out(root, document, wanted[:half], accepted, refused)
        _sort_out(root, document, wanted[half:], accepted, refused)


def _try(root: Path, document: Document, findings: Sequence[Finding]) -> _Trial:
    """Make the edits in a copy of the files, and lint what comes out."""
    if not findings:
        return _Trial((), {}, document)
    with tempfile.TemporaryDirectory(prefix="plexy-drift-") as scratch:
        workspace = Workspace(root, document, Path(scratch).resolve())
        try:
            for edit in _ordered(findings):
                workspace.apply(edit)
            made = placeholders.repair(workspace)
        except CannotEditError as error:
            return _Trial((f"where {error}",), {}, None)
        except SpecError as error:
            return _Trial((error.problems[0].message,), {}, None)
        problems = linting.lint(workspace.root, made, redocly=False)
        if problems:
            first = problems[0]
            return _Trial((f"what the lint refuses: {first.message}",), {}, None)
        return _Trial((), _changed(root, workspace.texts()), made)


def _ordered(findings: Sequence[Finding]) -> list[Edit]:
    """The edits in an order in which the places of later ones stay true: what removes or moves comes last."""
    unique: list[Edit] = []
    for one in findings:
        unique += [edit for edit in one.edits if edit not in unique]
    return sorted(unique, key=_rank)


def _rank(edit: Edit) -> tuple[int, int]:
    if isinstance(edit, AddSchema):
        return 0, 0
    if isinstance(edit, Drop):  # the last item of a list first
        last = edit.pointer[-1]
        return 2, -last if isinstance(last, int) else 0
    if isinstance(edit, Rename):
        return 3, 0
    return (4 if isinstance(edit, Move) else 1), 0


def _changed(root: Path, texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if (root.parent / name).read_bytes() != text.encode()}
