"""Write the example of a method of a resource: the document's own example of the operation, as a program has it.

A program needs nothing but a client; every other name it imports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from .. import currencies
from ..document import is_mapping, is_sequence
from ..model import money
from ..model.api import Api, Body, Operation
from .example_names import item_name, result_name
from .example_values import ValueWriter, is_discouraged
from .operations import OperationView
from .python_code import Expression, Group, Part, imports_of, laid_out

#: The modules that the names of an example come from, as their imports are sorted.
_MODULES = {
    "datetime": ("UTC", "date", "datetime"),
    "decimal": ("Decimal",),
    "plexy_pay": ("AsyncPlexyPay", "Money", "PlexyPay"),
}
_OWN = "plexy_pay"
#: A line of the package has 88 columns, of which the code of an example begins in the thirteenth.
_WIDTH = 76


class MethodExamples:
    """Write the examples of the methods of an API."""

    def __init__(self, api: Api) -> None:
        exponents = dict(currencies.exponents())
        self._writer = ValueWriter(exponents, api.disputed_currencies)
        self._currencies = {
            family.name: _only_currency(api, family.name) for family in api.families
        }

    def example(self, view: OperationView, *, is_async: bool) -> str:
        """Return the program; nothing where the document has no example of what the method needs."""
        call = self.call(view)
        if call is None:
            return ""
        lines = imports(set(imports_of(call)))
        lines += statement(view.node, call, _WIDTH, is_async=is_async)
        return "\n".join(lines)

    def call(self, view: OperationView) -> Group | None:
        """Return the call; None where the document has no example of what the method needs."""
        parts = self._parts(view)
        if parts is None:
            return None
        return Group(f"client.{view.call}(", tuple(parts), ")")

    def _parts(self, view: OperationView) -> list[Part] | None:
        shown, paths = self._shown(view), view.path_parameters
        arguments = [one for one in view.arguments if not follows_pages(view, one.name)]
        if any(one.required and one.name not in shown for one in (*paths, *arguments)):
            return None
        positional = [Part("", shown[one.name]) for one in paths if one.name in shown]
        offered = {one.name for one in arguments}
        # In the order of the document's example, which tells it the way a person would.
        named = [
            Part(f"{name}=", value) for name, value in shown.items() if name in offered
        ]
        return [*positional, *named]

    def _shown(self, view: OperationView) -> dict[str, Expression]:
        """Return what the document shows for the arguments of a method, by their names."""
        currency = self._currencies.get(view.family, "")
        shown = {
            one.name: self._writer.value(
                one.type, one.example.value, currency, one.amount
            )
            for one in view.node.parameters
            if one.example is not None and not is_discouraged(one)
        }
        if view.node.body is not None:
            shown |= self._of_body(view.node.body, currency)
        return shown

    def _of_body(self, body: Body, currency: str) -> dict[str, Expression]:
        if body.example is None:
            return {}
        value, model = body.example.value, body.model
        if model is None:
            return {"body": self._writer.value(body.type, value, currency)}
        if not is_mapping(value):
            return {}
        return dict(self._writer.fields(model, value, currency))


def follows_pages(view: OperationView, name: str) -> bool:
    """Return whether a pager sets the argument of that name by itself, page by page."""
    page = view.pagination
    return page is not None and name in (page.page_parameter, page.size_parameter)


def statement(node: Operation, call: Group, width: int, *, is_async: bool) -> list[str]:
    """Return the lines that make the call and keep what it gives.

    Args:
        node: The operation.
        call: The call.
        width: The greatest length of a line.
        is_async: Whether the client is async.
    """
    if node.pagination is not None:
        name = item_name(node)
        keyword = "async for" if is_async else "for"
        lines = laid_out(f"{keyword} {name} in ", call, ":", width)
        identity = node.pagination.identity
        shown = f"{name}.{identity.name}" if identity else name
        return [*lines, f"    print({shown})"]
    name = result_name(node)
    assigned = f"{name} = " if name else ""
    return laid_out(f"{assigned}{'await ' if is_async else ''}", call, "", width)


def imports(used: Collection[str]) -> list[str]:
    """Return the imports of a program that uses these names, and the empty lines around them."""
    lines: list[str] = []
    for module, names in _MODULES.items():
        imported = [name for name in names if name in used]
        if not imported:
            continue
        if module == _OWN and lines:
            lines.append("")
        lines.append(f"from {module} import {', '.join(imported)}")
    return [*lines, ""] if lines else []


def _only_currency(api: Api, family: str) -> str:
    """Return the currency of all examples of bodies of a family; nothing where they name none or several.

    An example of a capture or a refund names none, since the payment has it.
    """
    bodies = [
        one.body for one in api.operations if one.body and one.family.name == family
    ]
    values = [body.example.value for body in bodies if body.example]
    found = set(_currencies_in(values))
    return found.pop() if len(found) == 1 else ""


def _currencies_in(value: Any) -> Iterator[str]:
    inner: Iterable[Any] = value if is_sequence(value) else ()
    if is_mapping(value):
        named = [value.get(name) for name in money.CURRENCIES]
        yield from (one for one in named if isinstance(one, str))
        inner = value.values()
    for one in inner:
        yield from _currencies_in(one)
