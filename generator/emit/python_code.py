"""Lay Python expressions out as ruff forms them: on one line where they fit, else one part a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Atom:
    """An expression that stands on one line, however long it is.

    Attributes:
        text: The expression.
        imports: The names in it that a program has to import.
    """

    text: str
    imports: frozenset[str] = frozenset()


class Part(NamedTuple):
    """A part of a group: a positional argument, a keyword argument, an entry of a dict or an item of a list.

    Attributes:
        prefix: The text before the value, such as `amount=`; nothing where the value stands alone.
        value: The value.
    """

    prefix: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Group:
    """A call, a dict or a list.

    Attributes:
        opening: The text before the parts, with the bracket.
        parts: The parts.
        closing: The bracket behind them.
    """

    opening: str
    parts: tuple[Part, ...]
    closing: str


Expression: TypeAlias = Atom | Group


def text(value: str) -> Atom:
    """Return a text as a literal, in double quotes where that takes no escape."""
    # Behind a single quote `repr` takes double ones, unless the text has such itself.
    quoted = repr("'" + value)
    return Atom(f'"{quoted[2:]}' if quoted.startswith('"') else repr(value))


def imports_of(expression: Expression) -> Iterator[str]:
    """Yield the names that a program with the expression has to import."""
    if isinstance(expression, Atom):
        yield from expression.imports
        return
    for part in expression.parts:
        yield from imports_of(part.value)


def laid_out(before: str, expression: Expression, after: str, width: int) -> list[str]:
    """Return the lines of an expression.

    Args:
        before: The text before it on its first line.
        expression: The expression.
        after: The text behind it on its last line.
        width: The greatest length of a line.
    """
    line = before + _on_one_line(expression) + after
    if isinstance(expression, Atom) or not expression.parts or len(line) <= width:
        return [line]
    lines = [before + expression.opening]
    for part in expression.parts:
        inner = laid_out(part.prefix, part.value, ",", width - len(_INDENT))
        lines += [_INDENT + line for line in inner]
    return [*lines, expression.closing + after]


def _on_one_line(expression: Expression) -> str:
    if isinstance(expression, Atom):
        return expression.text
    parts = [part.prefix + _on_one_line(part.value) for part in expression.parts]
    return expression.opening + ", ".join(parts) + expression.closing
