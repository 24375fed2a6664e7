"""Copy a document without the places that are not kept."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from ..document import Document, Pointer, mapping
from ..model.api import Api

Json = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """The places of a document that a copy keeps.

    Attributes:
        nodes: The places of the operations and webhooks.
        components: The places of the components.
        tags: The names of the tags.
    """

    nodes: frozenset[Pointer]
    components: frozenset[Pointer]
    tags: frozenset[str]


def cut(document: Document, api: Api, kept: Kept) -> Document:
    """Return a copy of a document without the operations, webhooks, components and tags that are not kept.

    Args:
        document: The document, which stays as it is.
        api: The API that it describes.
        kept: What is kept.
    """
    data = copy.deepcopy(document.data)
    for node in (*api.operations, *api.events):
        if node.origin.pointer not in kept.nodes:
            kind, path, method = map(str, node.origin.pointer)
            del data[kind][path][method]
    data["paths"] = _used_paths(data, "paths", kept)
    data["webhooks"] = _used_paths(data, "webhooks", kept)
    if not data["webhooks"]:
        del data["webhooks"]
    data["components"] = _used_components(data["components"], kept)
    if "tags" in data:
        data["tags"] = [tag for tag in data["tags"] if tag["name"] in kept.tags]
    return document.with_data(data)


def _used_paths(data: Json, kind: str, kept: Kept) -> Json:
    """Return the paths, or the webhooks, that still have an operation."""
    used = {place[:2] for place in kept.nodes}
    return {
        path: item
        for path, item in mapping(data.get(kind)).items()
        if (kind, path) in used
    }


def _used_components(components: Json, kept: Kept) -> Json:
    """Return the kept components of each kind."""
    found: Json = {}
    for kind, named in components.items():
        used = {
            name: item
            for name, item in named.items()
            if ("components", kind, name) in kept.components
        }
        # A kind of which nothing is left goes; the schemas are there in every document.
        if used or kind == "schemas":
            found[kind] = used
    return found
