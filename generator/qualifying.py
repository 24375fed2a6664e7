"""Annotations that tools can read at run time, though the modules import what they name only when that is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A name, or a text within an annotation, whose words are no names.
_NAME_OR_TEXT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[A-Za-z_]\w*""")


def names(annotation: str) -> list[str]:
    """Return the names in an annotation."""
    found = _NAME_OR_TEXT.findall(annotation)
    return [word for word in found if word[0] not in "'\""]


def qualified(annotation: str, places: Mapping[str, str]) -> str:
    """Return the annotation with each name at its place, such as `_hints.models.Order`.

    Args:
        annotation: An annotation with plain names.
        places: What stands before a name, by the name; one that is not in it stays as it is.
    """

    def at_its_place(found: re.Match[str]) -> str:
        return places.get(found[0], "") + found[0]

    return _NAME_OR_TEXT.sub(at_its_place, annotation)
