"""Build the model from a document, or say with file, line and fix why there is none."""

from __future__ import annotations

from typing import NamedTuple

from .. import currencies, openapi
from ..diagnostics import Diagnostic, SpecError
from ..document import Document, Pointer, sequence
from .api import Api, ShownName
from .classes import check_names
from .events import read_events
from .evidence import check_evidence
from .examples import check_examples
from .extensions import check_marks
from .families import FamilyReader
from .operation_extensions import check_operation_marks
from .operations import read_operations
from .reader import Reader
from .recipes import read_recipes
from .schemas import SchemaReader
from .shared import (
    read_descriptions,
    read_references,
    read_security_schemes,
    read_servers,
    read_shared_amounts,
    read_shared_responses,
    read_wrappers,
)

_CURRENCIES = "x-currencies-without-decimals"
#: The list of a document, at its root, of the fields that a log shows.
SHOWN = "x-shown-in-logs"
#: The list of a document, at its root, of the fields that the larger document hides of which it is a part.
HIDDEN = "x-sensitive-names"


class Read(NamedTuple):
    """A document as it was read.

    Attributes:
        api: The API, as far as it can be read.
        diagnostics: The points in which a package could not do as the document says.
        flaws: Other faults.
        nodes: The places of the nodes.
    """

    api: Api
    diagnostics: list[Diagnostic]
    flaws: list[Diagnostic]
    nodes: frozenset[Pointer]


def build(document: Document) -> Api:
    """Return the API that a document describes.

    Raises:
        SpecError: naming everything that the package could not do as the document says.
    """
    reader = Reader(document)
    api = _read(reader)
    if reader.diagnostics:
        raise SpecError(reader.diagnostics)
    return api


def read(document: Document) -> Read:
    """Return the API as far as it can be read, and everything that is wrong with it."""
    reader = Reader(document)
    api = _read(reader)
    return Read(api, reader.diagnostics, reader.flaws, frozenset(reader.nodes))


def typed(document: Document) -> SchemaReader:
    """Return the schemas alone of a document, with the type of the schema at each place."""
    schemas = SchemaReader(Reader(document))
    schemas.read()
    return schemas


def _read(reader: Reader) -> Api:
    document = reader.document
    check_evidence(reader)
    check_marks(reader)
    check_operation_marks(reader)
    check_names(reader)
    check_examples(reader)
    family_reader = FamilyReader(reader)
    families = family_reader.families()
    settings = family_reader.settings(families)
    schemas = SchemaReader(reader)
    schemas.read()
    operations = read_operations(
        reader, schemas, {family.name: family for family in families}
    )
    return Api(
        families=families,
        settings=settings,
        operations=operations,
        recipes=read_recipes(reader, operations),
        events=read_events(reader, schemas),
        models=schemas.models,
        enums=schemas.enums,
        aliases=schemas.aliases,
        wrappers=read_wrappers(reader, schemas),
        shared_amounts=read_shared_amounts(reader),
        shared_responses=read_shared_responses(reader),
        servers=read_servers(reader),
        security_schemes=read_security_schemes(reader),
        descriptions=read_descriptions(reader),
        references=read_references(reader, schemas),
        shown_in_logs=_shown(document),
        hidden_in_logs=tuple(map(str, sequence(document.data.get(HIDDEN)))),
        disputed_currencies=currencies.disputed(_listed_currencies(document)),
        marks=document.marks,
    )


def _shown(document: Document) -> tuple[ShownName, ...] | None:
    """Return the fields that a debug log shows; None where the document leaves it to the extensions of schemas."""
    names = document.data.get(SHOWN)
    if names is None:
        return None
    return tuple(
        ShownName(name=str(name), location=document.where((SHOWN, index)))
        for index, name in enumerate(sequence(names))
    )


def _listed_currencies(document: Document) -> set[str]:
    """Return the currencies that the document lists as those without decimals."""
    listed: set[str] = set()
    for schema in openapi.schemas(document):
        listed.update(map(str, sequence(schema.value.get(_CURRENCIES))))
    return listed
