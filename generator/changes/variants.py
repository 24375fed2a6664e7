"""Find which variants of one union another one still has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..model.types import Type


class Variants(NamedTuple):
    """Variants of two unions.

    Attributes:
        gone: Those that only the old one has.
        come: Those that only the new one has.
        kept: Those of both, in the order of the new one.
    """

    gone: list[Type]
    come: list[Type]
    kept: list[tuple[Type, Type]]


def compared(
    old: Iterable[Type], new: Iterable[Type], identity: Callable[[Type], object]
) -> Variants:
    """Compare the variants of two unions.

    Args:
        old: The variants of the one.
        new: Those of the other.
        identity: Returns what makes a variant the same as another one.
    """
    found = Variants(list(old), [], [])
    for variant in new:
        matches = [one for one in found.gone if identity(one) == identity(variant)]
        if matches:
            found.gone.remove(matches[0])
            found.kept.append((matches[0], variant))
        else:
            found.come.append(variant)
    return found
