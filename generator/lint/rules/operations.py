"""Rules about operations: their names, money, tags, errors and parameters."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from ... import reading
from ...document import Document, Located, Pointer, mapping, sequence
from ...model.api import Api
from ...model.operations import ROW_IDS
from ...naming import is_camel_case, snake
from ...problems import Problem, meant

_WHOLE = ", or `whole: true` where nothing says that the list has pages"
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
_PAGINATION = ("items", "page", "size", "total", "identity", "whole")


def operation_has_an_id(document: Document) -> Iterator[Problem]:
    """Every operation has an operationId in camelCase, and no other one or webhook has it, in Python either."""
    owners: dict[str, str] = {}
    for operation in (*reading.operations(document), *reading.webhooks(document)):
        name = operation.data.get("operationId")
        if not isinstance(name, str) or not is_camel_case(name):
            # The reader of the events says so of a webhook.
            if not operation.is_webhook:
                yield document.problem(
                    (*operation.pointer, "operationId"),
                    f"{operation.title} has no operationId in camelCase",
                    "write one like `operationId: createPaymentLink`",
                )
            continue
        other = owners.setdefault(snake(name), operation.title)
        if other != operation.title:
            yield document.problem(
                (*operation.pointer, "operationId"),
                f"{operation.title} has the operationId {name!r} of {other}",
                "give it one of its own; it becomes the name of a module",
            )


def operation_has_its_names_in_python(document: Document) -> Iterator[Problem]:
    """Every operation says how it is called in Python, and nothing else is called alike."""
    owners = dict.fromkeys(_resources(document), "a resource")
    for operation in reading.operations(document):
        resource, method = operation.data.get("x-resource"), operation.data.get("x-method")
        if not isinstance(resource, str) or not all(map(_is_name, resource.split("."))):
            yield document.problem(
                (*operation.pointer, "x-resource"),
                f"{operation.title} has no x-resource that can be a name in Python",
                "write `x-resource:` with a name in snake_case, such as payment_links or gate.orders",
            )
        if not isinstance(method, str) or not _is_name(method):
            yield document.problem(
                (*operation.pointer, "x-method"),
                f"{operation.title} has no x-method that can be a name in Python",
                "write `x-method:` with a name in snake_case, such as create",
            )
        call = f"{resource}.{method}"
        other = owners.setdefault(call, operation.title)
        if None not in (resource, method) and other != operation.title:
            yield document.problem(
                (*operation.pointer, "x-method"),
                f"{operation.title} is called {call}, as is {other}",
                "choose another x-method",
            )


def _is_name(text: str) -> bool:
    return _SNAKE_CASE.match(text) is not None and not keyword.iskeyword(text)


def _resources(document: Document) -> Iterator[str]:
    """The resources of the client, those that only hold others included: `gate.orders` and `gate`."""
    for operation in reading.operations(document):
        parts = str(operation.data.get("x-resource", "")).split(".")
        for length in range(1, len(parts) + 1):
            yield ".".join(parts[:length])


def operation_says_whether_it_moves_money(document: Document) -> Iterator[Problem]:
    """Retries and errors depend on it, so it is never left to a default."""
    for operation in reading.operations(document):
        if not isinstance(operation.data.get("x-moves-money"), bool):
            yield document.problem(
                (*operation.pointer, "x-moves-money"),
                f"{operation.title} does not say whether it moves money",
                "write `x-moves-money: true` or `x-moves-money: false`",
            )


def operation_has_one_tag(document: Document) -> Iterator[Problem]:
    """The tag is the group of the docs, and `tags` of the document gives the order of the groups."""
    declared = [mapping(tag).get("name") for tag in sequence(document.data.get("tags"))]
    for operation in (*reading.operations(document), *reading.webhooks(document)):
        tags = sequence(operation.data.get("tags"))
        place = (*operation.pointer, "tags")
        if len(tags) != 1:
            message = f"{operation.title} has {len(tags)} tags"
            yield document.problem(place, message, "give it exactly one, its group in the docs")
        elif tags[0] not in declared:
            message = f"{operation.title} has the tag {tags[0]!r}, which is not declared"
            yield document.problem(place, message, "add it to `tags` in the root document, or correct it")


def operation_lists_its_errors(api: Api) -> Iterator[Problem]:
    """Every operation has a 401, a 4xx and a 5xx response."""
    for operation in api.operations:
        statuses = [response.status for response in operation.responses]
        wanted = {
            "401": "401" in statuses,
            "4xx": any(status.startswith("4") for status in statuses),
            "5xx": any(status.startswith("5") for status in statuses),
        }
        missing = [name for name, found in wanted.items() if not found]
        if missing:
            yield api.problem(
                (*operation.origin.pointer, "responses"),
                f"{operation.title} has no {' and no '.join(missing)} response",
                "refer to the error responses in `components.responses`",
            )


def path_and_parameters_agree(api: Api) -> Iterator[Problem]:
    """Each `{name}` of a path is a declared, required path parameter, and the other way round."""
    for operation in api.operations:
        template = reading.template_names(operation.path)
        declared = {one.wire_name: one for one in operation.parameters if one.place == "path"}
        for name in template:
            if name not in declared:
                yield api.problem(
                    operation.origin.pointer,
                    f"{operation.title} does not declare the parameter {name!r} of its path",
                    f"add a parameter with `name: {name}` and `in: path`",
                )
        for name, parameter in declared.items():
            if name not in template:
                yield api.problem(
                    (*parameter.origin.pointer, "name"),
                    f"the path parameter {name!r} is not in the path {operation.path}",
                    f"write `{{{name}}}` in the path, or remove the parameter",
                )
            if not parameter.required:
                message = f"the path parameter {name!r} is not required"
                yield api.problem(parameter.origin.pointer, message, "write `required: true`")


def list_has_pagination(document: Document) -> Iterator[Problem]:
    """Every GET that lists, by its name or because its answer is an array, says how the client follows it."""
    for operation in reading.operations(document):
        if operation.method != "get" or "x-pagination" in operation.data:
            continue
        if operation.data.get("x-method") == "list" or _arrays(document, operation):
            yield document.problem(
                operation.pointer,
                f"{operation.title} lists, but has no x-pagination",
                "add x-pagination; an array without pages has `whole: true` and `x-evidence:`",
            )


def _arrays(document: Document, operation: reading.Operation) -> list[Located]:
    """The schemas of successful answers that are arrays."""
    return [
        Located((*media_type.pointer, "schema"), mapping(media_type.value).get("schema"))
        for status, answer in operation.responses()
        if status.startswith("2")
        for media_type in reading.media_types(answer)
        if "array" in reading.types(document, (*media_type.pointer, "schema"))
    ]


def pagination_names_what_exists(document: Document) -> Iterator[Problem]:
    """`x-pagination` names query parameters (page, size) and properties of the answer (items, total)."""
    for operation in reading.operations(document):
        if "x-pagination" in operation.data:
            yield from _pagination_problems(document, operation)


def _pagination_problems(document: Document, operation: reading.Operation) -> Iterator[Problem]:
    place = (*operation.pointer, "x-pagination")
    names = mapping(operation.data["x-pagination"])
    for key in names:
        if key not in _PAGINATION and not key.startswith("x-"):
            message = f"x-pagination has the unknown key {key!r}"
            yield document.problem((*place, key), message, f"use {', '.join(_PAGINATION)}")
    arrays = _arrays(document, operation)
    paged = ["page", "size"] if names.get("whole") is not True else []
    wanted = [*paged, "x-evidence"]
    for key in wanted:
        if key not in names:
            message = f"{operation.title} has x-pagination without `{key}`"
            yield document.problem(place, message, f"add `{key}:`{_WHOLE if key in ('page', 'size') else ''}")
    if names.get("whole", True) is not True:
        message = f"x-pagination has `whole: {names['whole']}`"
        yield document.problem((*place, "whole"), message, "write `whole: true`, or remove it")
    elif "whole" in names and names.keys() & {"page", "size"}:
        message = "x-pagination has pages for a list that is asked for whole"
        yield document.problem((*place, "whole"), message, "remove `whole:`, or `page:` and `size:`")

    query = [p.value.get("name") for p in operation.parameters() if p.value.get("in") == "query"]
    for key in ("page", "size"):
        if key in names and names[key] not in query:
            message = f"x-pagination names {names[key]!r}, which is no query parameter of {operation.title}"
            fix = meant(names[key], map(str, query), "declare the parameter, or correct the name")
            yield document.problem((*place, key), message, fix)

    if arrays:
        for key in ("items", "total"):
            if key in names:
                message = f"x-pagination names `{key}`, but the answer of {operation.title} is an array"
                yield document.problem((*place, key), message, "remove it: an array is its own items")
        yield from _identity_problems(document, place, names, arrays[0])
        return

    answer = operation.answer_properties()
    if "total" in names and names["total"] not in list(answer):
        message = f"x-pagination names {names['total']!r}, which is no property of {operation.title}'s answer"
        fix = meant(names["total"], answer, "add the property to the schema, or correct the name")
        yield document.problem((*place, "total"), message, fix)

    items = answer.get(str(names.get("items")))
    if items is not None and "array" in reading.types(document, items.pointer):
        yield from _identity_problems(document, place, names, items)


def _identity_problems(
    document: Document, place: Pointer, names: dict[str, Any], items: Located
) -> Iterator[Problem]:
    rows = list(reading.properties(document, (*document.follow(items.pointer).pointer, "items")))
    fix = "name the property by which items differ"
    if "identity" in names and names["identity"] not in rows:
        message = f"x-pagination names {names['identity']!r}, which is no property of an item"
        yield document.problem((*place, "identity"), message, meant(names["identity"], rows, fix))
    elif "identity" not in names and not set(ROW_IDS) & set(rows):
        message = f"nothing tells the items apart: they have no {' and no '.join(ROW_IDS)}"
        yield document.problem(place, message, f"add `identity:` and {fix}")


def idempotency_key_names_what_exists(document: Document) -> Iterator[Problem]:
    """`x-idempotency-key` names a property of the body, or a header parameter."""
    for operation in reading.operations(document):
        name = operation.data.get("x-idempotency-key")
        if name is None:
            continue
        known = [p.value.get("name") for p in operation.parameters() if p.value.get("in") == "header"]
        known += operation.body_properties()
        if name not in known:
            yield document.problem(
                (*operation.pointer, "x-idempotency-key"),
                f"x-idempotency-key names {name!r}, which is no header and no property of the body",
                meant(
                    name, map(str, known), "correct the name, or remove it if the operation has no such key"
                ),
            )
