"""Write what mkdocstrings shows of Python's public names as plain Markdown, from the docstrings of the sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

import griffe

from ..places import PROJECT

_DIRECTIVE = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
_SOURCES = (PROJECT / "generated", PROJECT / "sandbox")
_PACKAGES = ("plexy_pay", "plexy_pay_sandbox")


class PythonText:
    """Know the public names of the packages, which are read once."""

    def __init__(self) -> None:
        self._loader = griffe.GriffeLoader(search_paths=[str(one) for one in _SOURCES])
        for package in _PACKAGES:
            self._loader.load(package)
        self._loader.resolve_aliases(implicit=True)

    def expanded(self, text: str) -> str:
        """Return a page with the directives of mkdocstrings replaced by what they stand for."""
        return _DIRECTIVE.sub(lambda found: self._shown(found[1]), text)

    def _shown(self, name: str) -> str:
        found = self._loader.modules_collection[name]
        return "\n\n".join(_object(found, name, 2))


def _object(
    found: griffe.Object | griffe.Alias, name: str, level: int
) -> Iterator[str]:
    """Yield the parts of the text of an object and of its public members."""
    yield f"{'#' * level} {found.kind.value} `{name}`"
    signature = _signature(found)
    if signature:
        yield f"```python\n{signature}\n```"
    if found.docstring is not None:
        yield found.docstring.value
    if not found.is_class:
        return
    for member, inner in found.members.items():
        if not member.startswith("_") and inner.has_docstring:
            yield from _object(inner, f"{name}.{member}", min(level + 1, 6))


def _signature(found: griffe.Object | griffe.Alias) -> str:
    """Return the signature of a function, or that by which a class is made; nothing where there is none."""
    target = found.final_target if isinstance(found, griffe.Alias) else found
    made = (
        target.members.get("__init__") if isinstance(target, griffe.Class) else target
    )
    made = made.final_target if isinstance(made, griffe.Alias) else made
    if not isinstance(made, griffe.Function):
        return ""
    parameters = [one for one in made.parameters if one.name not in ("self", "cls")]
    shown = griffe.Function(
        target.name, parameters=griffe.Parameters(*parameters), returns=made.returns
    )
    return shown.signature().removesuffix(" -> None")
