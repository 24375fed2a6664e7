"""Hold the two sides that a comparison of `spec/` with an export is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..document import Document, Pointer
from ..model.api import Alias, Api, Enum, Model, Origin, Wrapper
from ..model.types import Type
from . import facts
from .finding import Edit
from .foreign import Foreign
from .type_facts import enum_of, model_of


@dataclass(frozen=True)
class Given:
    """Two APIs, and how well known the export is.

    Attributes:
        spec: The bundled document of `spec/`, which edits change as it is written.
        api: The API that it describes.
        theirs: The API of the vendor.
        word: The evidence of what the export says.
        source: The text to write as the source.
    """

    spec: Document
    api: Api
    theirs: Foreign
    word: str
    source: str

    @property
    def extensions(self) -> dict[str, Any]:
        """Return the evidence and the source of what comes from the export."""
        return {"x-evidence": self.word, "x-source": [self.source]}

    def raised(self, origin: Origin) -> tuple[Edit, ...]:
        """Return the edits that give a thing of `spec/` the evidence of the export, if that is better."""
        return facts.raised(origin, self.word, self.source)


def schema_at(api: Api, type_: Type, place: Pointer) -> Model | Enum | Alias | None:
    """Return the schema with a name that a value at a place is of; None where its schema has no name.

    A type does not name the alias that it was read through, but the references of the document do.
    """
    named = model_of(type_) or enum_of(type_)
    if named is not None:
        return named
    if place[:2] == ("components", "schemas") and len(place) == 3:
        return api.aliases.get(str(place[2]))
    keys = [str(component[2]) for component in _referred(api, place)]
    return api.aliases.get(keys[0]) if len(keys) == 1 else None


def wrapper_at(api: Api, place: Pointer) -> Wrapper | None:
    """Return the object in which webhooks wrap the value of a property."""
    referred = _referred(api, place)
    for wrapper in api.wrappers:
        if wrapper.origin.pointer in referred:
            return wrapper
    return None


def _referred(api: Api, place: Pointer) -> list[Pointer]:
    """Return the components to which a schema refers: it alone, or one of its variants."""
    below = len(place)
    return [
        component
        for source, component in api.references.get(place[:3], ())
        if source[:below] == place
        and source[below:][-1:] == ("$ref",)
        and len(source) - below in (1, 3)
    ]
