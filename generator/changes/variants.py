"""Find which variants of one union another one still has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..model.types import Type


class Variants(NamedTuple):
    """The variants of two unions.

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
        match = next(
            (one for one in found.gone if identity(one) == identity(variant)), None
        )
        if match is None:
            found.come.append(variant)
        else:
            found.gone.remove(match)
            found.kept.append((match, variant))
    return found
