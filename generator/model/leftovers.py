"""Find what a document says and no node of the model holds: texts for people, and keywords that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, NamedTuple

from ..document import NAME_MAPS, Document, Pointer, is_mapping, is_sequence
from .keywords import EXTENSIONS, FOR_PEOPLE, KEYWORDS, OF_EVERY_NODE

_KNOWN = KEYWORDS | EXTENSIONS | OF_EVERY_NODE
#: Keywords whose value is data: nothing in it is a keyword.
_DATA = frozenset({"const", "default", "enum", "security"})
#: A map from values to schemas, below `discriminator`.
_OF_DISCRIMINATORS = "mapping"


class Leftovers(NamedTuple):
    """Values of a document that no node of the model holds.

    Attributes:
        texts: The texts for people, by their places.
        unread: The values that nothing reads, by their places.
    """

    texts: dict[Pointer, Any]
    unread: dict[Pointer, Any]


def leftovers(document: Document, nodes: Set[Pointer]) -> Leftovers:
    """Return what no node of the model holds.

    Args:
        document: The document.
        nodes: The places of the nodes, which hold their own texts.
    """
    found = Leftovers({}, {})
    for place, value in _keywords(document.data, ()):
        key = place[-1]
        if key in FOR_PEOPLE or (key in OF_EVERY_NODE and place[:-1] not in nodes):
            found.texts[place] = value
        elif key not in _KNOWN:
            found.unread[place] = value
    return found


def _keywords(
    value: object, place: Pointer, *, names: bool = False
) -> Iterator[tuple[Pointer, Any]]:
    """Yield every keyword below a value with its own; the keys of a map of names are none."""
    if is_sequence(value):
        for index, item in enumerate(value):
            yield from _keywords(item, (*place, index))
    elif is_mapping(value):
        for key, item in value.items():
            here = (*place, key)
            if names:
                yield from _keywords(item, here)
                continue
            yield here, item
            if not _is_data(key):
                yield from _keywords(item, here, names=_holds_names(key, item))


def _is_data(key: str) -> bool:
    return (
        key in _DATA or key in FOR_PEOPLE or key.startswith("x-") or key not in _KNOWN
    )


def _holds_names(key: str, value: object) -> bool:
    return is_mapping(value) and (key in NAME_MAPS or key == _OF_DISCRIMINATORS)
