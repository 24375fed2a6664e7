"""Print for people, or JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from .. import wire

_UNLIMITED: Final = 10_000


def show_json(value: object) -> None:
    """Print a value as one line of JSON."""
    print(wire.dumps(value).decode(), flush=True)


def show(text: str) -> None:
    """Print text as it is: what the sandbox says is no markup."""
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def show_table(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows below titles."""
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(_plain, row))
    console = Console(highlight=False)
    if not console.is_terminal:
        # A file has no width. A name that was broken in two could not be searched for.
        console.width = _UNLIMITED
    console.print(table)


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return text.replace("[", "\\[")


def show_facts(facts: Mapping[str, Any]) -> None:
    """Print names with their values, one a line."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        show(f"  {name:<{width}}  {value}")
