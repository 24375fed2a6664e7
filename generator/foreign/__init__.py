"""The adapting stage: from any OpenAPI document to one that the generator takes for its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import Config
from ..document import Document, mapping
from ..naming import constant, pascal
from ..problems import SpecError
from . import checking, finishing, operations, security
from .adapting import Adapting, Stop
from .loading import load as load
from .security import Families, Family
from .shapes import Shapes

Json = dict[str, Any]


@dataclass(frozen=True)
class Adapted:
    """What became of a document.

    Attributes:
        document: The document with the marks of ours; its places are those of the files.
        families: How keys are sent, and whereto.
        skipped: The operations that the config leaves out.
        notes: What is represented otherwise than a reader of the document may expect, by kind, with places.
    """

    document: Document
    families: tuple[Family, ...]
    skipped: tuple[str, ...]
    notes: dict[str, list[str]]


def check(document: Document) -> None:
    """Refuse what is no OpenAPI document.

    Raises:
        SpecError: listing what breaks OpenAPI.
    """
    problems = checking.check(document)
    if problems:
        raise SpecError(problems)


def adapt(document: Document, config: Config, variables: str) -> Adapted:
    """The document as one of ours. It must have passed `check`.

    Args:
        document: The document, which stays as it is.
        config: What its own marks do not say.
        variables: What the names of environment variables begin with.

    Raises:
        SpecError: listing everything that cannot be represented, each with file, line and pointer.
    """
    adapting = Adapting(document, config)
    try:
        made, families, left_out = _adapted(adapting, variables)
    except Stop:
        raise SpecError(adapting.problems) from None
    except RecursionError:
        adapting.cannot(
            ("components",),
            "schemas refer to each other in a chain that is too long",
            "shorten the longest chain",
        )
        raise SpecError(adapting.problems) from None
    if adapting.problems:
        raise SpecError(adapting.problems)
    notes = {kind: sorted(set(places)) for kind, places in sorted(adapting.notes.items())}
    return Adapted(Document(made, document.marks), tuple(families.all()), tuple(left_out), notes)


def _adapted(adapting: Adapting, variables: str) -> tuple[Json, Families, list[str]]:
    document = adapting.document
    shapes, families = Shapes(adapting), Families(adapting, variables)
    components = mapping(document.data.get("components"))
    adapting.problems += security.check_names(adapting.config, mapping(components.get("securitySchemes")))
    paths = operations.paths(adapting, shapes, families)
    operations.webhooks(adapting, shapes)
    left_out = operations.skipped(Adapting(document, adapting.config), list(operations.operations(adapting)))
    made: Json = {
        "openapi": "3.1.0",
        "info": dict(mapping(document.data.get("info"))),
        "paths": paths,
        "components": {"schemas": shapes.every()},
    }
    finishing.finish(made, adapting.config)
    return made, families, left_out


def default_client(package: Path) -> str:
    """The class of the client of a package, if its config names none."""
    name = pascal(package.name)
    return name if name.isidentifier() and name[0].isalpha() else "Client"


def default_variables(package: Path) -> str:
    """What the names of environment variables begin with, if the config says nothing."""
    return constant(package.name).strip("_") or "API"
