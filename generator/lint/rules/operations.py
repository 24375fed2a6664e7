"""Check the names, errors and parameters of operations."""

from __future__ import annotations

from collections.abc import Iterator

from ... import openapi
from ...diagnostics import Diagnostic
from ...identifiers import is_camel_case, snake
from ...model import query
from ...model.api import Api, Event, Operation


def operation_id_is_unique(api: Api) -> Iterator[Diagnostic]:
    """Report an operationId that another operation or webhook has, in Python either."""
    owners: dict[str, str] = {}
    for node in _with_ids(api):
        other = owners.setdefault(snake(node.wire_id), node.title)
        if other != node.title:
            yield api.diagnostic(
                (*node.origin.pointer, "operationId"),
                f"{node.title} has the operationId {node.wire_id!r} of {other}",
                "give it one of its own; it becomes the name of a module",
            )


def _with_ids(api: Api) -> list[Operation | Event]:
    """Return the operations, as they are written, and the webhooks; the reader notes those that have no id."""
    written = sorted(api.operations, key=lambda operation: operation.position)
    nodes: list[Operation | Event] = [*written, *api.events]
    return [node for node in nodes if is_camel_case(node.wire_id)]


def call_is_unique(api: Api) -> Iterator[Diagnostic]:
    """Report an operation that is called like another operation or a resource in Python."""
    owners = dict.fromkeys(query.by_resource(api.operations), "a resource")
    for operation in sorted(api.operations, key=lambda operation: operation.position):
        other = owners.setdefault(operation.call, operation.title)
        if other != operation.title:
            yield api.diagnostic(
                (*operation.origin.pointer, "x-method"),
                f"{operation.title} is called {operation.call}, as is {other}",
                "choose another x-method",
            )


def operation_lists_its_errors(api: Api) -> Iterator[Diagnostic]:
    """Report an operation without a 401, a 4xx or a 5xx response."""
    for operation in api.operations:
        statuses = [response.status for response in operation.responses]
        wanted = {
            "401": "401" in statuses,
            "4xx": any(status.startswith("4") for status in statuses),
            "5xx": any(status.startswith("5") for status in statuses),
        }
        missing = [name for name, found in wanted.items() if not found]
        if missing:
            yield api.diagnostic(
                (*operation.origin.pointer, "responses"),
                f"{operation.title} has no {' and no '.join(missing)} response",
                "refer to the error responses in `components.responses`",
            )


def path_and_parameters_agree(api: Api) -> Iterator[Diagnostic]:
    """Report a `{name}` of a path that is no declared, required path parameter, and the other way round."""
    for operation in api.operations:
        template = openapi.template_names(operation.path)
        declared = {
            one.wire_name: one for one in operation.parameters if one.place == "path"
        }
        for name in template:
            if name not in declared:
                yield api.diagnostic(
                    operation.origin.pointer,
                    f"{operation.title} does not declare the parameter {name!r} of its path",
                    f"add a parameter with `name: {name}` and `in: path`",
                )
        for name, parameter in declared.items():
            if name not in template:
                yield api.diagnostic(
                    (*parameter.origin.pointer, "name"),
                    f"the path parameter {name!r} is not in the path {operation.path}",
                    f"write `{{{name}}}` in the path, or remove the parameter",
                )
            if not parameter.required:
                message = f"the path parameter {name!r} is not required"
                yield api.diagnostic(
                    parameter.origin.pointer, message, "write `required: true`"
                )
