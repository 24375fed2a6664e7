"""Find the value that webhooks wrap in an object: `x-wrapped` names the one property of that object."""

from __future__ import annotations

from .. import openapi
from ..document import Document, Pointer, sequence


def wrapped_value(document: Document, pointer: Pointer, name: object) -> Pointer | None:
    """Return where the wrapped value of a property is; None if it is not the same value as the plain one."""
    items = sequence(document.get((*pointer, "oneOf")))
    variants = [(*pointer, "oneOf", index) for index, _ in enumerate(items)]
    wrappers = [
        variant for variant in variants if "object" in openapi.types(document, variant)
    ]
    if len(variants) != 2 or len(wrappers) != 1:
        return None
    [plain] = [variant for variant in variants if variant != wrappers[0]]
    inner = openapi.properties(document, wrappers[0])
    if list(inner) != [name]:
        return None
    kinds = openapi.types(document, plain)
    place = inner[str(name)].pointer
    return place if kinds and kinds == openapi.types(document, place) else None
