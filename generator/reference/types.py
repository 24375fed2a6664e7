"""Show annotations to readers, with links to the models that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[A-Z]\w+")


def linked(annotation: str, links: Mapping[str, str]) -> str:
    """Return an annotation as Markdown: its variants, each with a link to the class that it names.

    Args:
        annotation: The annotation, such as `list[Recurring] | Unset`.
        links: The link to each class, by its name.
    """
    return " or ".join(_variant(one, links) for one in _variants(annotation))


def _variants(annotation: str) -> Iterator[str]:
    """Yield the variants of a union; those within brackets stay together."""
    depth, found = 0, ""
    for part in annotation.split(" | "):
        found = f"{found} | {part}" if depth else part
        depth += part.count("[") - part.count("]")
        if not depth:
            yield found


def _variant(text: str, links: Mapping[str, str]) -> str:
    named = [links[name] for name in _NAME.findall(text) if name in links]
    return f"[`{text}`]({named[0]})" if named else f"`{text}`"
