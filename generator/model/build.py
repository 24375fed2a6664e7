"""Builds the model from a document, or says with file, line and fix why there is none."""

from __future__ import annotations

from ..document import Document
from ..problems import Problem, SpecError
from .api import Api
from .families import Reader


def build(document: Document) -> Api:
    """Return the API that a document describes.

    Raises:
        SpecError: naming everything that the package could not do as the document says.
    """
    api, problems = read(document)
    if problems:
        raise SpecError(problems)
    return api


def read(document: Document) -> tuple[Api, list[Problem]]:
    """Return the API as far as it can be read, and everything that is wrong with it."""
    reader = Reader(document)
    families = reader.families()
    settings = reader.settings(families)
    return Api(families=families, settings=settings), reader.problems
