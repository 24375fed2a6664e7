"""Cuts chosen parts out of the document: the operations and webhooks, and all that they reach.

A part is a resource as the client has it (`checkout.sessions`, or `checkout` for all below), `webhooks`, or one of a
few hand-written modules. What is left is a document like any other, from which the ordinary pipeline makes a package.
Nothing in it may mean something else than in the whole: classes keep their names, and logs mask the same fields.
"""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..document import Document, Pointer, is_mapping, mapping, parse_pointer, references, sequence
from ..emit import optional
from ..emit.loggable import loggable
from ..model.api import Api, Schema
from ..model.build import build
from ..naming import method, snake
from ..problems import ToolError
from ..reading import METHODS

Json = dict[str, Any]

WEBHOOKS = optional.WEBHOOKS
#: Parts that are hand-written modules, with the part that each is for, and brings along. They import what is no
#: dependency of the package, so nobody gets them who has not asked for them, or for everything.
MODULES = {optional.CARDS: "direct_payments", **dict.fromkeys(optional.ADAPTERS, WEBHOOKS)}


class UnknownPartError(ToolError):
    """A part that the document does not have.

    Attributes:
        names: The unknown names.
    """

    def __init__(self, names: Sequence[str], known: Sequence[str]) -> None:
        self.names = tuple(names)
        near = {name: difflib.get_close_matches(name, known, 1) for name in names}
        told = [f"{name!r}" + (f" (did you mean {near[name][0]!r}?)" if near[name] else "") for name in names]
        super().__init__(
            f"The API's description has no part {', '.join(told)}. Its parts are: {', '.join(known)}."
        )


@dataclass(frozen=True)
class Call:
    """An operation of the document.

    Attributes:
        path: Its path.
        http_method: Its method, in lower case.
        id: Its name in the functional layer, by which others refer to it.
        resource: The resource that it belongs to.
        name: How a user writes it: `payment_links.create`.
    """

    path: str
    http_method: str
    id: str
    resource: str
    name: str


@dataclass(frozen=True)
class Selection:
    """What was cut out.

    Attributes:
        document: The document with it alone.
        kept: Operations that were not chosen, with the chosen calls that look themselves up by them.
        left_out: The hand-written modules that were not chosen.
    """

    document: Document
    kept: dict[str, tuple[str, ...]]
    left_out: frozenset[str]


def parts(document: Document) -> list[str]:
    """The names of all parts, in the document's order; the groups of resources come before what they group."""
    names: dict[str, None] = {}
    for call in _calls(document):
        steps = call.resource.split(".")
        names.update((".".join(steps[:depth]), None) for depth in range(1, len(steps) + 1))
    if mapping(document.data.get(WEBHOOKS)):
        names[WEBHOOKS] = None
    return [*names, *(module for module, part in MODULES.items() if part in names)]


def select(document: Document, only: Iterable[str]) -> Selection:
    """Cut the parts out of a document, which stays as it is.

    Raises:
        UnknownPartError: naming the parts that there are.
    """
    wanted, known = list(dict.fromkeys(only)), parts(document)
    if unknown := [name for name in wanted if name not in known]:
        raise UnknownPartError(unknown, known)
    chosen_parts = {MODULES.get(name, name) for name in wanted}
    calls = _calls(document)
    chosen = [
        call for call in calls if any(f"{call.resource}.".startswith(f"{name}.") for name in chosen_parts)
    ]
    kept = _look_ups(document, calls, chosen)
    data = copy.deepcopy(document.data)
    _keep_operations(data, [*chosen, *kept])
    if WEBHOOKS not in chosen_parts:
        data.pop(WEBHOOKS, None)
    _keep_what_is_reached(data)
    _keep_tags(data)
    _keep_meanings(document, data)
    modules = {*MODULES, WEBHOOKS} - {*wanted, *chosen_parts}
    told = {call.name: tuple(sorted(others)) for call, others in kept.items()}
    return Selection(document.with_data(data), told, frozenset(modules))


def _calls(document: Document) -> list[Call]:
    found: list[Call] = []
    for path, item in mapping(document.data.get("paths")).items():
        for http_method in METHODS:
            if not is_mapping(operation := mapping(item).get(http_method)):
                continue
            name = str(operation.get("operationId") or f"{http_method}_{path}")
            resource = str(operation.get("x-resource") or [*sequence(operation.get("tags")), "default"][0])
            resource = ".".join(snake(step) for step in resource.split("."))
            call = f"{resource}.{method(str(operation.get('x-method') or snake(name)))}"
            found.append(Call(path, http_method, snake(name), resource, call))
    return found


def _look_ups(document: Document, calls: list[Call], chosen: list[Call]) -> dict[Call, set[str]]:
    """The operations that were not chosen, and by which a chosen one finds out what became of its call."""
    by_id = {call.id: call for call in calls}
    kept: dict[Call, set[str]] = {}
    waiting = list(chosen)
    for call in waiting:
        mark = document.data["paths"][call.path][call.http_method].get("x-reconcile")
        for look_up in sequence(mapping(mark).get("look-ups")):
            other = by_id[snake(str(look_up["operation"]))]
            if other in chosen:
                continue
            if other not in kept:
                waiting.append(other)
            kept.setdefault(other, set()).add(call.name)
    return kept


def _keep_operations(data: Json, calls: Iterable[Call]) -> None:
    kept = {(call.path, call.http_method) for call in calls}
    for path, item in list(data["paths"].items()):
        for http_method in METHODS:
            if http_method in item and (path, http_method) not in kept:
                del item[http_method]
        if not any(http_method in item for http_method in METHODS):
            del data["paths"][path]


def _keep_what_is_reached(data: Json) -> None:
    """Drop the components that neither a kept operation nor a kept webhook leads to."""
    document = Document(data)
    waiting: list[Any] = [data["paths"], mapping(data.get(WEBHOOKS))]
    reached: set[Pointer] = {("components", "securitySchemes", name) for name in _security(data)}
    while waiting:
        value = waiting.pop()
        for pointer in [*(parse_pointer(text) for _, text in references(value)), *_variants(value)]:
            # A component is kept as a whole, whatever part of it is referred to.
            if pointer[:3] not in reached:
                reached.add(pointer[:3])
                waiting.append(document.get(pointer[:3]))
    components = mapping(data.get("components"))
    for kind in list(components):
        kept = {
            key: item
            for key, item in mapping(components[kind]).items()
            if ("components", kind, key) in reached
        }
        if kept or kind == "schemas":
            components[kind] = kept
        else:
            del components[kind]


def _variants(value: Any) -> Iterable[Pointer]:
    """The schemas that a discriminator names by their bare keys."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        waiting += node.values() if is_mapping(node) else sequence(node)
        for target in mapping(mapping(mapping(node).get("discriminator")).get("mapping")).values():
            if isinstance(target, str) and "/" not in target and "#" not in target:
                yield ("components", "schemas", target)


def _security(data: Json) -> set[str]:
    operations = [
        *(item[name] for item in data["paths"].values() for name in METHODS if name in item),
        *(item["post"] for item in mapping(data.get(WEBHOOKS)).values() if "post" in item),
    ]
    needs = [*sequence(data.get("security"))]
    needs += [need for operation in operations for need in sequence(operation.get("security"))]
    return {name for need in needs for name in mapping(need)}


def _keep_tags(data: Json) -> None:
    items = [*data["paths"].values(), *mapping(data.get(WEBHOOKS)).values()]
    used = {
        tag for item in items for name in METHODS if name in item for tag in sequence(item[name].get("tags"))
    }
    if "tags" in data:
        data["tags"] = [tag for tag in data["tags"] if mapping(tag).get("name") in used]


def _keep_meanings(whole: Document, data: Json) -> None:
    """Write down what depends on parts that are gone: names of classes, and which fields are private."""
    before, after = build(whole), build(whole.with_data(data))
    names = _class_names(before)
    schemas = data["components"]["schemas"]
    for key, name in _class_names(after).items():
        # A schema that is written in place has no key in the document.
        if names[key] != name and key in schemas:
            schemas[key]["x-class-name"] = names[key]
    fields = loggable(after)
    declared = fields.values | fields.objects | fields.maps.keys()
    if private := sorted(declared & loggable(before).hidden):
        data["x-sensitive-names"] = private


def _class_names(api: Api) -> dict[str, str]:
    nodes: list[Schema] = [*api.models.values(), *api.enums.values(), *api.aliases.values()]
    return {node.key: node.name for node in nodes}
