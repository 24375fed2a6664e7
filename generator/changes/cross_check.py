"""Ask griffe, which knows nothing of the spec, what broke in the Python of the two generated packages.

Each of its findings must be explained by a breaking change that `compare` reported about the same name. One that is not
shows a kind of change that `compare` takes too lightly.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import pipeline
from ..diagnostics import GenerationError, ToolError
from ..document import Document
from ..emit.operations import resource_class
from ..identifiers import snake
from ..model import query
from ..model.api import Api
from ..model.build import build
from .change import Change, Level

_NAME = "plexy_pay"
#: Kinds after which nothing of a thing is there any more, as those that end so.
_WHOLE = ("-removed", "-renamed", "type-changed", "-no-longer-sent")


@dataclass(frozen=True)
class Breakage:
    """A breakage that griffe reports: in its words, and as the name that a change would have for it."""

    text: str
    symbol: str


def cross_check(old: Document, new: Document, changes: Iterable[Change]) -> list[str]:
    """Return what griffe says is broken and no breaking change explains; one text each.

    Args:
        old: The one document. A package is generated of each, in a temporary directory, by this generator.
        new: The other one.
        changes: The changes that `compare` returned for them.

    Raises:
        ToolError: if griffe is not installed.
        GenerationError: if no package can be made of a document.
    """
    return unexplained(breakages(old, new), changes)


def unexplained(found: Iterable[Breakage], changes: Iterable[Change]) -> list[str]:
    """Return the breakages that no breaking change explains."""
    breaking = [change for change in changes if change.level is Level.BREAKING]
    return [
        f"{one.text} ({one.symbol})"
        for one in found
        if not is_explained(one.symbol, breaking)
    ]


def breakages(old: Document, new: Document) -> list[Breakage]:
    """Return what griffe says is broken in the package of the new document.

    Raises:
        ToolError, GenerationError: as `cross_check`.
    """
    found: dict[Breakage, None] = {}
    with tempfile.TemporaryDirectory() as scratch:
        broken = _by_griffe(old, new, Path(scratch))
        # A package was made of it, so it can be read.
        names = _Names(build(old))
        for breakage in broken:
            path = str(breakage.obj.path).removeprefix(f"{_NAME}.")
            symbol = names.symbol(path)
            if breakage.kind.name.startswith("PARAMETER_"):
                parameter = breakage.old_value or breakage.new_value
                symbol = f"{symbol}({getattr(parameter, 'name', parameter)})"
            found[Breakage(f"{breakage.kind.value}: {path}", symbol)] = None
    return list(found)


def is_explained(symbol: str, changes: Iterable[Change]) -> bool:
    """Return whether a change is about a name, or about all of what it is a part of."""
    return any(_explains(change, symbol) for change in changes)


def _explains(change: Change, symbol: str) -> bool:
    if symbol in change.symbols:
        return True
    if not _is_about_all(change):
        return False
    return any(symbol.startswith((f"{name}.", f"{name}(")) for name in change.symbols)


def _is_about_all(change: Change) -> bool:
    return change.kind.endswith(_WHOLE) or change.kind.startswith("body-")


def _by_griffe(old: Document, new: Document, directory: Path) -> list[Any]:
    try:
        import griffe
    except ImportError:
        raise ToolError(
            "griffe is not installed. Run `./nox -s check`, or install the group `changes`."
        ) from None
    packages: list[griffe.Object | griffe.Alias] = []
    for side, document in (("old", old), ("new", new)):
        package = directory / side / _NAME
        try:
            pipeline.build_from(document, package, "0")
        except GenerationError as error:
            raise GenerationError(
                f"The {side} document makes no package, so there is nothing to compare. {error}"
            ) from None
        packages.append(
            griffe.load(
                _NAME,
                search_paths=[package.parent],
                try_relative_path=False,
                allow_inspection=False,
            )
        )
    found = griffe.find_breaking_changes(*packages)
    # A table of a module that is longer than it was breaks nothing; what is gone from it is reported by itself.
    tables = griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE
    return [
        one
        for one in found
        # attrs and Python use them; no program of a user's does.
        if one.obj.name not in ("__attrs_post_init__", "__slots__")
        and not (
            one.kind is tables
            and one.obj.parent is not None
            and one.obj.parent.is_module
        )
    ]


class _Names:
    """Translate paths in the modules of a package to the names that changes have for them."""

    def __init__(self, api: Api) -> None:
        self._classes = {snake(model.name): model.name for model in api.models.values()}
        self._classes |= {snake(enum.name): enum.name for enum in api.enums.values()}
        self._calls = {
            (op.resource.replace(".", "_"), op.id): f"client.{op.call}"
            for op in api.operations
        }
        groups = query.by_resource(api.operations)
        self._resources = {resource_class(name): name for name in groups}
        self._modules = {name.replace(".", "_"): name for name in groups}

    def symbol(self, path: str) -> str:
        """Return the name of what stands at a path in the package, such as `models.payment_link.PaymentLink.id`."""
        top, *rest = path.split(".")
        if top == "models" and rest and rest[0] in self._classes:
            # The class itself, or a member of it in the module of the class.
            return _joined(f"models.{self._classes[rest[0]]}", rest[2:])
        if top == "resources" and rest:
            return self._resource_symbol(rest)
        if top == "webhooks" and rest[:1] == ["events"]:
            return _joined(top, rest[1:])
        if top == "api":
            return self._function_symbol(rest, path)
        if top == "_client":
            return _joined("client", rest[1:])
        if top in ("PlexyPay", "AsyncPlexyPay"):
            return _joined("client", rest)
        return path

    def _resource_symbol(self, rest: list[str]) -> str:
        resource = self._class_of(rest[0])
        if resource:
            # The package of the resources offers each class, beside the module of the class.
            return _joined(f"client.{resource}", rest[1:])
        return _joined(f"client.{self._resource(rest)}", rest[2:])

    def _function_symbol(self, rest: list[str], path: str) -> str:
        if len(rest) > 2:
            # The functions of an operation take what its method takes.
            return self._calls.get((rest[0], rest[1]), path)
        if len(rest) == 1 and rest[0] in self._modules:
            return f"client.{self._modules[rest[0]]}"
        return path

    def _resource(self, rest: list[str]) -> str:
        if len(rest) > 1:
            return self._class_of(rest[1]) or rest[1]
        return self._modules.get(rest[0], rest[0])

    def _class_of(self, name: str) -> str:
        """Return the resource that a class of it is of, or nothing."""
        return self._resources.get(
            name.removeprefix("Async").removesuffix("WithRawResponse"), ""
        )


def _joined(name: str, rest: list[str]) -> str:
    return ".".join([name, *rest])
