"""Read the navigation of `mkdocs.yml`, and find pages that it lacks or names in vain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..document import is_mapping, is_sequence
from .places import CONFIG


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation.

    Attributes:
        section: The title of the section at the top.
        path: The path of the page.
    """

    section: str
    path: str


class _Loader(yaml.SafeLoader):
    """Read `!ENV`, which stands for a variable of the environment."""


def _no_value(loader: yaml.SafeLoader, node: yaml.Node) -> str:
    return ""


_Loader.add_constructor("!ENV", _no_value)


def entries(config: Path = CONFIG) -> list[Entry]:
    """Return the pages of the navigation in its order."""
    read: Any = yaml.load(config.read_text("utf-8"), Loader=_Loader)
    return [
        Entry(str(title), path)
        for section in read["nav"]
        for title, inner in section.items()
        for path in _paths(inner)
    ]


def _paths(node: Any) -> Iterator[str]:
    inner: Any = node.values() if is_mapping(node) else node
    if isinstance(inner, str):
        yield inner
    elif is_sequence(inner) or is_mapping(node):
        for one in inner:
            yield from _paths(one)


def problems(pages: Collection[str], config: Path = CONFIG) -> list[str]:
    """Return what is wrong with the navigation, and what to do about it."""
    named = [entry.path for entry in entries(config)]
    found = [
        f"{config.name} names {path}, which is no page. Take the line out, or write the page."
        for path in named
        if path not in pages
    ]
    found += [
        f"{path} is a page that the navigation lacks. Add it to `nav` in {config.name}."
        for path in sorted(pages)
        if path not in named
    ]
    found += [
        f"{config.name} names {path} twice. Take one of the lines out."
        for path in sorted({one for one in named if named.count(one) > 1})
    ]
    return found
