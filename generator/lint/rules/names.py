"""Check for names that would clash in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...diagnostics import Diagnostic
from ...model import money
from ...model.api import Api, Field, Model, Operation, Parameter

#: The keyword of every method for the options of one call.
RESERVED = "options"


def keywords_are_unique(api: Api) -> Iterator[Diagnostic]:
    """Report parameters and properties of the body of an operation that are one keyword of its method."""
    for operation in api.operations:
        yield from _clashes(
            api, _keywords(operation), "keyword", f" of {operation.title}"
        )
        for keyword in _keywords(operation):
            if keyword.name == RESERVED:
                yield api.diagnostic(
                    keyword.origin.pointer,
                    f"{keyword.wire_name!r} would clash with the keyword `{RESERVED}` that every method has",
                    "rename it if the API allows; else the generator needs another name for it",
                )


def _keywords(operation: Operation) -> list[Field | Parameter]:
    """Return what callers pass; what only responses carry (`readOnly`) is no keyword."""
    model = operation.body.model if operation.body else None
    fields = model.fields if model else ()
    sent = [field for field in fields if not field.read_only]
    return [*operation.parameters, *sent]


def properties_are_unique(api: Api) -> Iterator[Diagnostic]:
    """Report two properties of one schema that are one name in Python."""
    for model in api.models.values():
        yield from _clashes(api, model.fields, "property", "")


def money_properties_are_free(api: Api) -> Iterator[Diagnostic]:
    """Report a property with the name of a Money property: a model gives its amounts as `money` and `<field>_money`."""
    for model in api.models.values():
        given = _names_of_money(model)
        for field in model.fields:
            if field.name in given:
                yield api.diagnostic(
                    field.origin.pointer,
                    f"{field.wire_name!r} would clash with `{field.name}`, "
                    "which gives an amount of the same object as Money",
                    "rename it if the API allows; else the generator needs another name for it",
                )


def _names_of_money(model: Model) -> set[str]:
    """Return the properties and methods by which a model may give its amounts, as a request or as a response."""
    priced = money.amounts(model) + money.money_objects(model)
    names = {f"{field.name}_money" for field in priced}
    if priced:
        names.add("money")
    return names | {f"{name}_in" for name in names}


def _clashes(
    api: Api, nodes: Iterable[Field | Parameter], kind: str, owner: str
) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for node in nodes:
        if node.name in first:
            yield api.diagnostic(
                node.origin.pointer,
                f"{node.wire_name!r} and {first[node.name]!r} would both be the {kind} `{node.name}`{owner} in Python",
                "remove or rename one of them",
            )
        first.setdefault(node.name, node.wire_name)
