"""Apply overlays: OpenAPI Overlay documents that correct the bundled document and stay in files of their own.

An overlay lists actions. Each has a `target`, a JSONPath (RFC 9535), and merges an `update` into what that selects,
merges a `copy` of another part of the document into it, or removes it. Versions 1.0 and 1.1 of the specification are
known, and each overlay keeps the rules of its own version. Where the specification lets a mistake pass in silence, this
package stops: a target that selects nothing, an update that the generators would not see, a copied operation that lost
the parameters of its path, or that keeps the evidence of its old place. Parts that come from an overlay keep the file
and the line of the overlay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..diagnostics import Diagnostic, SpecError
from ..document import Document, format_pointer, parse_pointer, references
from ..yaml_files import read
from .actions import Action, Reader
from .editor import Editor


def apply(document: Document, overlays: Sequence[Path]) -> Document:
    """Return the document with the overlays applied in their order; the given one stays as it is.

    Args:
        document: The bundled document.
        overlays: The files, YAML or JSON. Each is applied to what those before it made.

    Raises:
        SpecError: An overlay is broken, an action does not fit the document, or a reference leads nowhere afterwards.
    """
    if not overlays:
        return document
    editor = Editor(document)
    for action in _read(overlays):
        editor.run(action)
    diagnostics = editor.diagnostics
    if not diagnostics:
        diagnostics = list(editor.diagnostics_of_copies())
        diagnostics += _broken_references(editor.document)
    if diagnostics:
        raise SpecError(diagnostics)
    return editor.document


def _read(overlays: Sequence[Path]) -> list[Action]:
    diagnostics: list[Diagnostic] = []
    actions: list[Action] = []
    for path in overlays:
        try:
            reader = Reader(read(path, path.as_posix()))
        except SpecError as error:
            diagnostics += error.diagnostics
            continue
        actions += reader.actions()
        diagnostics += reader.diagnostics
    if diagnostics:
        raise SpecError(diagnostics)
    return actions


def _broken_references(document: Document) -> Iterator[Diagnostic]:
    for pointer, target in references(document.data):
        if not target.startswith("#/"):
            message = f"{target!r} leads out of the document"
            yield document.diagnostic(
                pointer,
                message,
                "write `#/components/schemas/KEY`: the files are one by now",
            )
        elif document.get(parse_pointer(target)) is None:
            message = f"'{format_pointer(parse_pointer(target))}' leads nowhere once the overlay is applied"
            fix = "correct the reference, or keep what it refers to; an overlay can do both"
            yield document.diagnostic(pointer, message, fix)
