"""Asks griffe, which knows nothing of the spec, what broke in the Python of the two generated packages.

Each of its findings must be explained by a breaking change that `compare` reported about the same name. One that is not
shows a kind of change that `compare` takes too lightly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import pipeline, views
from ..document import Document
from ..naming import snake
from ..openapi_client import GenerationError
from ..problems import ToolError
from .change import Change, Level
from .side import Side

_NAME = "plexy_pay"
#: Kinds after which nothing of a thing is there any more, as those that end so.
_WHOLE = ("-removed", "-renamed", "type-changed", "-no-longer-sent")


def cross_check(old: Document, new: Document, changes: Iterable[Change]) -> list[str]:
    """What griffe says is broken and no breaking change explains; one text each.

    Args:
        old: The one document. A package is generated of each, in a temporary folder, by this generator.
        new: The other one.
        changes: What `compare` said of them.

    Raises:
        ToolError: if griffe is not installed.
        GenerationError: if no package can be made of a document.
    """
    breaking = [change for change in changes if change.level is Level.BREAKING]
    names = _Names(Side(old.data))
    found: dict[str, None] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for breakage in _breakages(old, new, Path(scratch)):
            path = str(breakage.obj.path).removeprefix(f"{_NAME}.")
            symbol = names.symbol(path)
            if breakage.kind.name.startswith("PARAMETER_"):
                parameter = breakage.old_value or breakage.new_value
                symbol = f"{symbol}({getattr(parameter, 'name', parameter)})"
            if not is_explained(symbol, breaking):
                found[f"{breakage.kind.value}: {path} ({symbol})"] = None
    return list(found)


def is_explained(symbol: str, changes: Iterable[Change]) -> bool:
    """Whether a change is about a name, or about all of what it is a part of."""
    return any(
        symbol == name or (change.kind.endswith(_WHOLE) and symbol.startswith((f"{name}.", f"{name}(")))
        for change in changes
        for name in change.symbols
    )


def _breakages(old: Document, new: Document, folder: Path) -> list[Any]:
    try:
        import griffe
    except ImportError:
        raise ToolError(
            "griffe is not installed. Run `./nox -s check`, or install the group `changes`."
        ) from None
    packages: list[griffe.Object | griffe.Alias] = []
    for side, document in (("old", old), ("new", new)):
        package = folder / side / _NAME
        try:
            pipeline.build_from(document, package, "0")
        except GenerationError as error:
            raise GenerationError(
                f"The {side} document makes no package, so there is nothing to compare. {error}"
            ) from None
        packages.append(
            griffe.load(_NAME, search_paths=[package.parent], try_relative_path=False, allow_inspection=False)
        )
    found = griffe.find_breaking_changes(*packages)
    # A table of a module that is longer than it was breaks nothing; what is gone from it is reported by itself.
    tables = griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE
    return [
        one
        for one in found
        if not (one.kind is tables and one.obj.parent is not None and one.obj.parent.is_module)
    ]


class _Names:
    """The names that changes have for what stands in the modules of a package."""

    def __init__(self, side: Side) -> None:
        self._classes = {snake(name): name for name in side.classes.values()}
        resources = {operation.resource for operation in side.operations}
        groups = {
            ".".join(name.split(".")[:depth]) for name in resources for depth in range(1, name.count(".") + 2)
        }
        self._resources = {views.resource_class(name): name for name in groups}
        self._modules = {name.replace(".", "_"): name for name in groups}

    def symbol(self, path: str) -> str:
        """The name of what stands at a path in the package, such as `models.payment_link.PaymentLink.id`."""
        room, *rest = path.split(".")
        if room == "models" and rest and rest[0] in self._classes:
            # The class itself, or a member of it in the module of the class.
            return ".".join(("models", self._classes[rest[0]], *rest[2:]))
        if room == "resources" and rest:
            return ".".join((f"client.{self._resource(rest)}", *rest[2:]))
        if room == "webhooks" and rest[:1] == ["events"]:
            return ".".join((room, *rest[1:]))
        if room == "api" and len(rest) == 1 and rest[0] in self._modules:
            return f"client.{self._modules[rest[0]]}"
        if room in ("PlexyPay", "AsyncPlexyPay", "_client"):
            return ".".join(("client", *(rest[1:] if room == "_client" else rest)))
        return path

    def _resource(self, rest: list[str]) -> str:
        if len(rest) > 1:
            name = rest[1].removeprefix("Async").removesuffix("WithRawResponse")
            return self._resources.get(name, name)
        return self._modules.get(rest[0], rest[0])
