"""The operations of any document as the generator's own documents write them, with the marks that they carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ..config import Choice
from ..document import Located, is_mapping, mapping, sequence
from ..normalising import METHODS
from . import media, naming
from .adapting import Adapting
from .parameters import parameters
from .security import Families
from .shapes import Shapes

Json = dict[str, Any]

#: What a person is told whose call has an outcome that nobody knows.
NO_LOOK_UP = "The description of the API does not say how a call is looked up."
CHECK = (
    "Look with the operations that read, or ask the support of the API, whether the call was carried out, before you "
    "make it again."
)


def operations(adapting: Adapting) -> Iterator[Located]:
    """Every operation of the document, references of path items followed."""
    for path in mapping(adapting.document.data.get("paths")):
        item = adapting.object(("paths", path)) if path.startswith("/") else None
        for method in METHODS if item is not None else ():
            if item is not None and is_mapping(item.value.get(method)):
                yield Located(("paths", path, method), item.value[method])


def skipped(adapting: Adapting, written: list[Located]) -> list[str]:
    """The operations that the config leaves out, as people read them; an entry that names none is a problem."""
    known = {name: title(one) for one in written for name in _names(one)}
    for entry in adapting.config.skip:
        if entry not in known:
            adapting.problems.append(
                adapting.config.problem(
                    entry, f"skip names no operation: {entry!r}", 'write it as "GET /path"'
                )
            )
    for entry in adapting.config.operations:
        if entry not in known:
            fix = 'write it as [operations."GET /path"], or with its operationId'
            adapting.problems.append(
                adapting.config.problem(
                    entry, f"the config names an operation that is not there: {entry!r}", fix
                )
            )
    if isinstance(adapting.config.moves_money, tuple):
        for entry in adapting.config.moves_money:
            if entry not in known:
                problem = adapting.config.problem(
                    entry, f"moves_money names no operation: {entry!r}", "correct it"
                )
                adapting.problems.append(problem)
    return list(dict.fromkeys(known[entry] for entry in adapting.config.skip if entry in known))


def title(operation: Located) -> str:
    """How people name an operation."""
    return f"{str(operation.pointer[-1]).upper()} {operation.pointer[-2]}"


def _names(operation: Located) -> list[str]:
    given = operation.value.get("operationId")
    return [title(operation), *([given] if isinstance(given, str) else [])]


def paths(adapting: Adapting, shapes: Shapes, families: Families) -> Json:
    """The paths of the document that is made, with every operation that is not left out."""
    written = list(operations(adapting))
    left_out = set(skipped(adapting, written))
    kept = [operation for operation in written if title(operation) not in left_out]
    ids = naming.Names()
    resources: dict[str, naming.Names] = {}
    titles = naming.Names({*naming.CLIENT})
    known: dict[str, str] = {}
    made: Json = {}
    for operation in kept:
        path, method = str(operation.pointer[-2]), str(operation.pointer[-1])
        choice = _choice(adapting, operation)
        given = operation.value.get("operationId")
        given = given if isinstance(given, str) else ""
        tag = next((tag for tag in sequence(operation.value.get("tags")) if isinstance(tag, str)), "")
        word = choice.resource or naming.resource_of(tag, path)
        if word not in known:
            known[word] = titles.free(word, f"{word}_api")
        resource = known[word]
        identity = ids.free(naming.operation_id(given, method, path))
        names = resources.setdefault(resource, naming.Names({"client"}))
        wanted = choice.method or naming.method_of(given, resource, method, path)
        name = names.free(wanted, identity)
        family, before = families.of(operation)
        url = _url(adapting, operation, before + path)
        base = naming.class_name(given or identity)
        body = media.body(adapting, shapes, operation, base)
        node: Json = {
            "operationId": identity,
            **{
                key: operation.value[key]
                for key in ("summary", "description", "deprecated")
                if key in operation.value
            },
            "tags": [resource],
            "x-resource": resource,
            "x-method": name,
            "x-family": family,
            **_money(adapting, operation, method, choice),
            "x-evidence": dict.fromkeys(("method", "path"), choice.evidence or adapting.config.evidence),
            "x-source": str(mapping(adapting.document.data.get("info")).get("title", "the document")),
            **({"x-idempotency-key": choice.idempotency_key} if choice.idempotency_key else {}),
            "parameters": parameters(adapting, shapes, operation, path, base, families.places(family)),
            **body,
            **media.answers(adapting, shapes, operation, base, method),
        }
        _check_idempotency_key(adapting, operation, node, shapes)
        if choice.pagination:
            _paginate(adapting, operation, node, shapes, dict(choice.pagination))
        if mapping(operation.value.get("callbacks")):
            adapting.note("callbacks are no part of a client", (*operation.pointer, "callbacks"))
        # Two operations may have one address at two servers.
        made.setdefault(path, {})[method] = {**node, "x-path": url}
    return made


def _choice(adapting: Adapting, operation: Located) -> Choice:
    return next(
        (
            adapting.config.operations[name]
            for name in _names(operation)
            if name in adapting.config.operations
        ),
        Choice(),
    )


def _money(adapting: Adapting, operation: Located, method: str, choice: Choice) -> Json:
    """Whether an operation moves money. Where nobody says so, one that changes anything is treated as if it did."""
    told = adapting.config.moves_money
    if choice.moves_money is not None:
        moves, assumed = choice.moves_money, False
    elif isinstance(told, tuple):
        moves, assumed = any(name in told for name in _names(operation)), False
    else:
        changes = method not in ("get", "head", "options", "trace")
        moves, assumed = changes and told is not False, told is None
    if not moves:
        return {"x-moves-money": False}
    marks: Json = {"x-moves-money": True, "x-reconcile": {"none": NO_LOOK_UP, "check": CHECK}}
    return {**marks, "x-moves-money-assumed": True} if assumed else marks


def _url(adapting: Adapting, operation: Located, path: str) -> str:
    """The path with what no address has percent-encoded; a query in it is none."""
    if "?" in path or "#" in path:
        adapting.cannot(
            operation.pointer[:-1],
            "the path has a query or a fragment",
            "describe parameters `in: query`, or leave the operation out with `skip` in the config",
        )
    pieces = re.split(r"(\{[^{}]*\})", path)
    return "".join(
        piece if piece.startswith("{") else quote(piece, safe="/:@!$&'()*+,;=-._~%") for piece in pieces
    )


def _check_idempotency_key(adapting: Adapting, operation: Located, node: Json, shapes: Shapes) -> None:
    key = node.get("x-idempotency-key")
    if not key:
        return
    named = {parameter["name"] for parameter in node["parameters"] if parameter["in"] == "header"}
    if node.get("x-body", {}).get("kind") == "model":
        named |= shapes.fields(node["requestBody"]["content"]["application/json"]["schema"]).keys()
    if key not in named:
        problem = adapting.config.problem(
            key,
            f"{title(operation)} has no header and no body property {key!r} for its idempotency key",
            "name one that it has",
        )
        adapting.problems.append(problem)


def _paginate(
    adapting: Adapting, operation: Located, node: Json, shapes: Shapes, told: dict[str, str]
) -> None:
    """Make a pager of a list: the config says which of its fields and parameters are which."""

    def wrong(name: str, what: str) -> None:
        text = f"the pagination of {title(operation)} names {what}"
        adapting.problems.append(
            adapting.config.problem(name, text, "name what it has, or remove the pagination")
        )

    nothing: Json = {}
    answer = next(
        (
            mapping(one["content"]["application/json"]["schema"])
            for one in node["responses"].values()
            if "content" in one
        ),
        nothing,
    )
    envelope = shapes.fields(answer) if "$ref" in answer and "x-enum" not in answer else {}
    items = envelope.get(told.get("items", ""), ((), answer))[1] if "items" in told else answer
    rows = mapping(items.get("items"))
    if (
        items.get("type") != "array"
        or "$ref" not in rows
        or "x-enum" in rows
        or node["x-answer"].get("optional")
    ):
        return wrong(told.get("items", title(operation)), "no list of objects")
    queries = {parameter["name"] for parameter in node["parameters"] if parameter["in"] == "query"}
    known = {"page": queries, "size": queries | envelope.keys(), "total": envelope.keys()}
    for key, names in known.items():
        if key in told and told[key] not in names:
            return wrong(told[key], f"no {key} {told[key]!r}")
    if "identity" in told and told["identity"] not in shapes.fields(rows):
        return wrong(told["identity"], f"no field {told['identity']!r} of a row")
    node["x-pagination"] = told
    return None


def webhooks(adapting: Adapting, shapes: Shapes) -> None:
    """Make the classes of what webhooks and callbacks bring. What proves a delivery, no document says."""
    for key in mapping(adapting.document.data.get("webhooks")):
        item = adapting.object(("webhooks", key))
        for method in METHODS:
            if is_mapping(item.value.get(method)):
                _event(adapting, shapes, Located((*item.pointer, method), item.value[method]), key)
    for operation in operations(adapting):
        for key in mapping(operation.value.get("callbacks")):
            callback = adapting.object((*operation.pointer, "callbacks", key))
            for expression in callback.value:
                item = adapting.document.follow((*callback.pointer, expression))
                for method in METHODS:
                    inner = mapping(item.value).get(method)
                    if is_mapping(inner):
                        _event(adapting, shapes, Located((*item.pointer, method), inner), key)


def _event(adapting: Adapting, shapes: Shapes, operation: Located, key: str) -> None:
    for place in media.event_body(adapting, operation):
        shapes.at(place, f"{naming.class_name(key)}Event")
        adapting.note("webhooks have the models of what they bring, and no `unwrap`", place)
