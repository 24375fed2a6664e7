"""Check operations that were copied to another place: a copy loses some things, and must not keep others.

Parameters of a path belong to all of its operations, and a copy of an operation leaves them behind. Its evidence comes
along, although it is about the old path and the old method.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..diagnostics import Diagnostic
from ..document import Document, Location, Mark, Pointer, is_mapping, mapping
from ..openapi import METHODS, Operation, parameter_key, template_names
from .queries import written

Parameter = tuple[str, str]
_NOWHERE = Mark(Location("", 1))


class CopiedOperation(NamedTuple):
    """An operation that was copied to another place.

    Attributes:
        source: The place that it was copied from.
        target: The place that it was copied to.
        taken: The parameters that it takes at its old place, by `in` and name.
        evidence: The marks of the words for its evidence that came along.
        mark: Where the copy is written.
    """

    source: Pointer
    target: Pointer
    taken: frozenset[Parameter]
    evidence: dict[str, Mark]
    mark: Mark

    def diagnostic(self, message: str, fix: str) -> Diagnostic:
        """Return a diagnostic with the copy."""
        return Diagnostic(
            self.mark.location.file, self.mark.location.line, message, fix
        )


def copied_by(
    document: Document, source: Pointer, target: Pointer, mark: Mark
) -> Iterator[CopiedOperation]:
    """Yield what is to be remembered of a copy that was just made: of an operation, or of all on a path."""
    inner: list[Pointer] = [()]
    if source[:-1] == ("paths",):
        inner = [(method,) for method in METHODS]
    for rest in inner:
        old, new = (*source, *rest), (*target, *rest)
        if _is_operation(document, old) and _is_operation(document, new):
            yield CopiedOperation(
                old,
                new,
                frozenset(_taken(document, old)),
                _copied_evidence(document, old, new),
                mark,
            )


def _copied_evidence(document: Document, old: Pointer, new: Pointer) -> dict[str, Mark]:
    came = mapping(mapping(document.get(old)).get("x-evidence"))
    marks = _evidence_marks(document, new)
    return {key: marks[key] for key in came if key in marks}


def diagnostics(document: Document, copied: CopiedOperation) -> Iterator[Diagnostic]:
    """Yield what is wrong with a copied operation once all actions are done; nothing if it is gone by then."""
    if _is_operation(document, copied.target):
        yield from _lost_parameters(document, copied)
        yield from _kept_evidence(document, copied)


def _lost_parameters(
    document: Document, copied: CopiedOperation
) -> Iterator[Diagnostic]:
    """Report parameters that a copy loses. `parameters` on the new path, empty or not, say what it shares."""
    old, new = copied.source[:-1], copied.target[:-1]
    if old == new or "parameters" in mapping(document.get(new)):
        return
    missing = sorted(copied.taken - set(_taken(document, copied.target)))
    needed = [
        f"{name!r} ({place})"
        for place, name in missing
        if _fits(copied.target, place, name)
    ]
    if needed:
        yield copied.diagnostic(
            f"the operation took {', '.join(needed)} from its path, and a copy of an operation leaves that behind",
            f"give {written(new)} `parameters: []` where you make it, and add the action "
            f"`target: {written(new)}['parameters']`, `copy: {written(old)}['parameters']`",
        )


def _kept_evidence(document: Document, copied: CopiedOperation) -> Iterator[Diagnostic]:
    """Report evidence of a path or a method that is another one now: it must have been written after the copy."""
    changed = {
        "method": copied.source[-1] != copied.target[-1],
        "path": copied.source[:-1] != copied.target[:-1],
    }
    marks = _evidence_marks(document, copied.target)
    for key, mark in copied.evidence.items():
        word = document.get((*copied.target, "x-evidence", key))
        # Each action that writes a word makes a mark, so one that is still the same was not written since.
        if changed.get(key) and marks.get(key) is mark and word != "inferred":
            yield copied.diagnostic(
                f"the copied operation still says that its {key} is {word}, and the {key} is another one now",
                f"update {written(copied.target)} after the copy with `x-evidence:` and `x-source:`",
            )


def _evidence_marks(document: Document, operation: Pointer) -> dict[str, Mark]:
    mark = document.marks
    for token in (*operation, "x-evidence"):
        mark = mark.children.get(str(token), _NOWHERE)
    return mark.children


def _fits(target: Pointer, place: str, name: str) -> bool:
    """Return whether a parameter can belong to an operation at its new path."""
    return place != "path" or name in template_names(str(target[-2]))


def _taken(document: Document, pointer: Pointer) -> Iterator[Parameter]:
    path, method = str(pointer[-2]), str(pointer[-1])
    data = mapping(document.get(pointer))
    operation = Operation(document, pointer, path, method, data, is_webhook=False)
    for parameter in operation.parameters():
        yield parameter_key(mapping(parameter.value))


def _is_operation(document: Document, pointer: Pointer) -> bool:
    return (
        len(pointer) > 1
        and pointer[-1] in METHODS
        and is_mapping(document.get(pointer))
    )
