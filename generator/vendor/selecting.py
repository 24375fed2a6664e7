"""Choose parts of the API, and find the places of the document that belong to them.

A part is a resource as the client has it (`checkout.sessions`, or `checkout` for all below), `webhooks`, or one of a
few hand-written modules. What is left is a document like any other, from which the ordinary pipeline makes a package.
Nothing in it may mean something else than in the whole: classes keep their names, and logs mask the same fields.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ..diagnostics import ToolError
from ..document import Document, Pointer
from ..emit import optional
from ..model import query
from ..model.api import Api, Event, Operation
from ..pipeline import Sound
from .cutting import Kept, cut
from .meaning import keep_meaning

WEBHOOKS = optional.WEBHOOKS
#: Parts that are hand-written modules, with the part that each is for, and brings along. They import what is no
#: dependency of the package, so nobody gets them who has not asked for them, or for everything.
MODULES = {optional.CARDS: "direct_payments"} | dict.fromkeys(
    optional.ADAPTERS, WEBHOOKS
)


class UnknownPartError(ToolError):
    """A part that the document does not have.

    Attributes:
        names: The unknown names.
    """

    def __init__(self, names: Sequence[str], known: Sequence[str]) -> None:
        self.names = tuple(names)
        told = ", ".join(_with_nearest(name, known) for name in names)
        super().__init__(
            f"The API's description has no part {told}. Its parts are: {', '.join(known)}."
        )


def _with_nearest(name: str, known: Sequence[str]) -> str:
    """Return an unknown name with the one that was likely meant."""
    near = difflib.get_close_matches(name, known, 1)
    return f"{name!r} (did you mean {near[0]!r}?)" if near else repr(name)


@dataclass(frozen=True)
class Selection:
    """The chosen parts.

    Attributes:
        document: The document with these alone.
        kept: Operations that were not chosen, with the chosen calls that look themselves up by them.
        left_out: The hand-written modules that were not chosen.
    """

    document: Document
    kept: dict[str, tuple[str, ...]]
    left_out: frozenset[str]


def parts(api: Api) -> list[str]:
    """Return the names of all parts, in the document's order; groups of resources come before what they group."""
    names = list(query.by_resource(api.operations))
    if api.events:
        names.append(WEBHOOKS)
    modules = [module for module, part in MODULES.items() if part in names]
    return names + modules


def select(whole: Sound, only: Iterable[str]) -> Selection:
    """Cut the chosen parts out of a document, which stays as it is.

    Raises:
        UnknownPartError: naming the parts that there are.
    """
    api = whole.api
    wanted = list(dict.fromkeys(only))
    _check(wanted, parts(api))
    chosen_parts = {MODULES.get(name, name) for name in wanted}
    chosen = [
        operation for operation in api.operations if _is_in(operation, chosen_parts)
    ]
    look_ups = _look_ups(api, chosen)
    events = api.events if WEBHOOKS in chosen_parts else ()
    kept = _kept(api, [*chosen, *look_ups], events)
    document = cut(whole.document, api, kept)
    keep_meaning(document, api)
    return Selection(
        document=document,
        kept={
            operation.call: tuple(sorted(calls))
            for operation, calls in look_ups.items()
        },
        left_out=frozenset({*MODULES, WEBHOOKS} - {*wanted, *chosen_parts}),
    )


def _check(wanted: Iterable[str], known: Sequence[str]) -> None:
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UnknownPartError(unknown, known)


def _is_in(operation: Operation, chosen_parts: Iterable[str]) -> bool:
    """Return whether an operation belongs to one of these parts."""
    resource = f"{operation.resource}."
    return any(resource.startswith(f"{part}.") for part in chosen_parts)


def _look_ups(api: Api, chosen: Sequence[Operation]) -> dict[Operation, set[str]]:
    """Return the operations that were not chosen, with the calls whose outcome is found out by them."""
    recipes = {recipe.operation: recipe for recipe in api.recipes}
    found: dict[Operation, set[str]] = {}
    waiting = list(chosen)
    for operation in waiting:
        recipe = recipes.get(operation)
        asked = [look_up.operation for look_up in recipe.look_ups] if recipe else []
        for other in asked:
            if other in chosen:
                continue
            if other not in found:
                waiting.append(other)
            found.setdefault(other, set()).add(operation.call)
    return found


# -- places ----------------------------------------------------------------------------------------------------------


def _kept(api: Api, operations: Iterable[Operation], events: Iterable[Event]) -> Kept:
    """Return the places of the operations and events, and of all that they reach."""
    nodes: list[Operation | Event] = [*operations, *events]
    schemes = {api.main.origin.pointer, *map(_scheme_of, nodes)}
    reached = query.components_from(api, [*_own_places(nodes), *schemes])
    return Kept(
        nodes=frozenset(node.origin.pointer for node in nodes),
        components=frozenset(schemes | reached),
        tags=frozenset(chain.from_iterable(node.tags for node in nodes)),
    )


def _scheme_of(node: Operation | Event) -> Pointer:
    """Return the place of the security scheme of a request or a delivery."""
    return node.scheme if isinstance(node, Event) else node.family.origin.pointer


def _own_places(nodes: Iterable[Operation | Event]) -> Iterator[Pointer]:
    """Yield the places of what belongs to the operations and events themselves."""
    for node in nodes:
        yield node.origin.pointer
        # A path may have parameters for all its operations.
        yield (*node.origin.pointer[:2], "parameters")
