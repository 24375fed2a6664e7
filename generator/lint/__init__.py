"""Check everything that must be right in the document before a client is made of it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from ..diagnostics import Diagnostic
from ..document import Document
from ..model.build import Read, read
from . import redocly as redocly_cli
from . import rules, structure


def lint(
    root: Path,
    document: Document,
    *,
    node_modules: Path | None = None,
    redocly: bool = True,
    overlaid: bool = False,
    model: Read | None = None,
) -> list[Diagnostic]:
    """Find what is wrong in a document.

    Args:
        root: The root file, or the directory that holds `openapi.yaml`.
        document: The document as it was loaded from there, with overlays if there are any.
        node_modules: Where npm put Redocly CLI; the project's own directory if not given.
        redocly: True to run Redocly CLI, which takes longest.
        overlaid: True if overlays were applied. Redocly CLI reads the files, and then the bundle instead.
        model: The result of `model.build.read` for the document, where that was read already.

    Returns:
        The diagnostics, each once, by file and line.

    Raises:
        ToolError: Redocly CLI is wanted and cannot be run.
    """
    if root.is_dir():
        root = root / "openapi.yaml"
    # Redocly CLI is a process of its own, so it runs beside our checks.
    with ThreadPoolExecutor(max_workers=1) as executor:
        second_opinion: Future[list[Diagnostic]] | None = None
        if redocly and overlaid:
            second_opinion = executor.submit(
                redocly_cli.check_bundle, document, node_modules
            )
        elif redocly:
            second_opinion = executor.submit(redocly_cli.check, root, node_modules)
        model = model or read(document)
        diagnostics = set(structure.check(document))
        diagnostics.update(model.diagnostics, model.flaws)
        diagnostics.update(rules.check(document, model.api))
        if second_opinion is not None:
            diagnostics.update(second_opinion.result())
    return sorted(diagnostics)
