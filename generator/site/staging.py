"""Put the pages of the site together in one directory, each at the path that it has in the repository."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from .. import pipeline
from ..places import PROJECT
from ..reference import pages as reference_pages
from .dialect import adapted
from .places import FILES, PAGES, STAGED, THEME


def stage(target: Path = STAGED) -> dict[str, str]:
    """Write the pages, and return them by their paths, in the dialect of the site.

    Raises:
        SpecError: if the description of the API cannot be used.
    """
    shutil.rmtree(target, ignore_errors=True)
    api = pipeline.describe().model.api
    pages = {path: adapted(text) for path, text in written_pages()}
    pages |= reference_pages(api)
    for path, text in pages.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    for source, path in _files():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    shutil.copytree(THEME / "assets", target / "assets", dirs_exist_ok=True)
    return pages


def written_pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each hand-written page."""
    for source in _found(PAGES):
        yield source.relative_to(PROJECT).as_posix(), source.read_text("utf-8")


def _files() -> Iterator[tuple[Path, str]]:
    """Yield what pages link to that is no page."""
    for source in _found(FILES):
        if source.suffix != ".md" and "__pycache__" not in source.parts:
            yield source, source.relative_to(PROJECT).as_posix()


def _found(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from filter(_is_ours, sorted(PROJECT.glob(pattern)))


def _is_ours(path: Path) -> bool:
    """Return whether a path is a file that somebody wrote. Tools keep theirs in hidden directories."""
    hidden = any(part.startswith(".") for part in path.relative_to(PROJECT).parts)
    return path.is_file() and not hidden
