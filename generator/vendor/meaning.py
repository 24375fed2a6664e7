"""Write into a part of a document what follows from the rest of it: names of classes, and what a log hides."""

from __future__ import annotations

from ..document import Document
from ..emit.loggable import loggable
from ..model.api import Api, Schema
from ..model.build import HIDDEN, build


def keep_meaning(part: Document, whole: Api) -> None:
    """Write down what would mean something else without the rest.

    Args:
        part: The part, which is changed.
        whole: The API that the whole document describes.
    """
    own = build(part)
    _keep_class_names(part, own, whole)
    _keep_hidden_names(part, own, whole)


def _keep_class_names(part: Document, own: Api, whole: Api) -> None:
    """Give each schema the class that it has in the whole."""
    names = _class_names(whole)
    for key, name in _class_names(own).items():
        schema = part.get(("components", "schemas", key))
        # A schema that is written in place has no key in the document.
        if schema is not None and name != names[key]:
            schema["x-class-name"] = names[key]


def _keep_hidden_names(part: Document, own: Api, whole: Api) -> None:
    """List the fields that a log hides because of the rest."""
    names = loggable(own)
    shown = names.values | names.objects | names.maps.keys()
    hidden = shown & loggable(whole).hidden
    if hidden:
        part.data[HIDDEN] = sorted(hidden)


def _class_names(api: Api) -> dict[str, str]:
    schemas: list[Schema] = [
        *api.models.values(),
        *api.enums.values(),
        *api.aliases.values(),
    ]
    return {schema.key: schema.name for schema in schemas}
