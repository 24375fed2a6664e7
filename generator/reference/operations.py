"""Write a page for each resource, with all that is known of its operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..changes.operations import PROVED_BY_HTTP
from ..emit.annotations import PLAIN, parameter
from ..emit.method_docs import ERRORS, returned
from ..emit.method_examples import MethodExamples
from ..emit.operations import Argument, OperationView, views_of
from ..emit.python_names import Renaming, in_python
from ..model.api import Api, Evidence, Node, Operation, Recipe, Response
from ..model.query import by_resource
from . import curl, markdown, money_facts
from .models import Places
from .programs import Programs
from .types import linked

#: The path from a page here to the directory of the reference.
HOME = "../"
DIRECTORY = "reference/operations"


class Example(NamedTuple):
    """The example of an operation, three times.

    Attributes:
        sync: The program with the sync client.
        asynchronous: The program with the async client.
        curl: The call of curl.
    """

    sync: str
    asynchronous: str
    curl: str


def pages(api: Api, places: Places) -> dict[str, str]:
    """Return the page of each resource by its path."""
    writer = _Writer(api, places)
    groups = by_resource(api.operations)
    return {
        path_of(name): writer.page(name, members)
        for name, members in groups.items()
        if members
    }


def path_of(resource: str) -> str:
    """Return the path of the page of a resource."""
    return f"{DIRECTORY}/{resource.replace('.', '_')}.md"


def _example(programs: Programs, view: OperationView) -> Example:
    return Example(
        sync=programs.sync_program(view),
        asynchronous=programs.async_program(view),
        curl=curl.command(view),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A parameter of a method, in a table."""

    argument: Argument
    evidence: Evidence


class _Writer:
    def __init__(self, api: Api, places: Places) -> None:
        self._views = views_of(api)
        self._programs = Programs(MethodExamples(api))
        self._renamed: Renaming = in_python(api)
        self._recipes: Mapping[str, Recipe] = {
            recipe.operation.id: recipe for recipe in api.recipes
        }
        self._links = places.links(HOME)

    def page(self, resource: str, operations: list[Operation]) -> str:
        views = [self._views[one.id] for one in operations]
        title = resource.replace("_", " ").replace(".", ": ").capitalize()
        calls = ", ".join(f"`{view.method}`" for view in views)
        told = f"The resource `client.{resource}` has these operations: {calls}."
        parts = [f"# {title}", told, self._list(views)]
        for view in views:
            parts += self._operation(view)
        return markdown.joined(parts)

    def _list(self, views: list[OperationView]) -> str:
        rows = [
            (
                f"[`{view.method}`](#{view.call})",
                view.summary,
                "moves money" if view.moves_money else "",
                markdown.badge(view.node.evidence, HOME),
            )
            for view in views
        ]
        return markdown.table(("Method", "Operation", "Money", "Evidence"), rows)

    def _text(self, text: str) -> str:
        return markdown.prose(self._renamed(text))

    def _operation(self, view: OperationView) -> Iterator[str]:
        node = view.node
        yield f"## `{view.call}` {{ #{view.call} }}"
        badges = [markdown.badge(view.node.evidence, HOME)]
        badges += ["**moves money**{ .money }"] if view.moves_money else []
        yield f"**{view.summary.rstrip('.')}** {' '.join(badges)}"
        yield markdown.fenced("http", f"{node.http_method} {node.path}")
        yield self._text(view.deprecated)
        yield self._text(view.description)
        yield f"### What it does to money {{ #{view.call}-money }}"
        recipe = self._recipes.get(node.id)
        facts = money_facts.facts(view, recipe, HOME)
        yield markdown.table(
            ("Question", "Answer"),
            ((question, self._renamed(answer)) for question, answer in facts),
        )
        yield f"### Example {{ #{view.call}-example }}"
        yield self._shown_example(view)
        yield f"### Parameters {{ #{view.call}-parameters }}"
        yield self._signature(view)
        yield self._parameters(view)
        yield f"### Result {{ #{view.call}-result }}"
        yield self._result(view)
        yield f"### Errors {{ #{view.call}-errors }}"
        yield self._errors(view)
        yield f"### Evidence {{ #{view.call}-evidence }}"
        yield self._text(view.evidence_text)
        yield (
            f"The function below the method is `plexy_pay.api.{view.module}.{view.id}`."
        )

    # -- parameters -----------------------------------------------------------------------------------------

    def _signature(self, view: OperationView) -> str:
        positional = [one.name for one in view.path_parameters]
        named = [
            one.name if one.required else f"{one.name}=UNSET" for one in view.arguments
        ]
        shown = [*positional, "*", *named, "options=None"]
        code = f"client.{view.call}({', '.join(shown)})"
        if len(code) > 80:
            lines = ",\n".join(f"    {one}" for one in shown)
            code = f"client.{view.call}(\n{lines},\n)"
        return markdown.fenced("python", code)

    def _parameters(self, view: OperationView) -> str:
        rows = [self._row(row) for row in _rows(view)]
        rows.append(
            (
                "`options`",
                f"[`RequestOptions`]({HOME}python/calls.md#plexy_pay.RequestOptions)",
                "no",
                "Options for this call alone.",
                "",
            )
        )
        head = ("Parameter", "Type", "Required", "Meaning, unit", "Evidence")
        return markdown.table(head, rows)

    def _row(self, row: _Row) -> tuple[str, ...]:
        argument = row.argument
        wire = f", `{argument.wire_name}` on the wire"
        is_other = argument.wire_name and argument.wire_name != argument.name
        annotation = parameter(argument.type, argument.amount, PLAIN)
        return (
            f"`{argument.name}`{wire if is_other else ''}",
            linked(annotation, self._links),
            "yes" if argument.required else "no",
            self._text(argument.doc),
            markdown.badge(row.evidence, HOME),
        )

    # -- what comes back ------------------------------------------------------------------------------------

    def _result(self, view: OperationView) -> str:
        text = returned(view)
        if view.pagination is not None:
            item = linked(view.pagination.item, self._links)
            text = text.replace(f"`{view.pagination.item}`", item)
            pager = f"{HOME}python/calls.md#plexy_pay.Pager"
            return text.replace("A pager", f"A [pager]({pager})", 1)
        if view.result.type == "None":
            return text
        return text.replace(
            f"`{view.result.type}`", linked(view.result.type, self._links)
        )

    def _errors(self, view: OperationView) -> str:
        rows = [
            (f"`{one.status}`", self._text(one.description), _raised(view, one))
            for one in view.node.responses
        ]
        table = markdown.table(("Status", "Meaning", "Exception"), rows)
        errors = f"[Every error]({HOME}../docs/errors.md)"
        told = f"{errors} says what it means for the money."
        if view.moves_money:
            told += (
                " A response that says that the operation did not succeed raises `DeclinedError`: no money moved. "
                "`OutcomeUnknownError` has the error behind it as `cause`."
            )
        return f"{table}\n\n{told}"

    # -- the example ----------------------------------------------------------------------------------------

    def _shown_example(self, view: OperationView) -> str:
        example = _example(self._programs, view)
        return markdown.tabs(
            (
                ("Sync", markdown.fenced("python", example.sync)),
                ("Async", markdown.fenced("python", example.asynchronous)),
                ("curl", markdown.fenced("bash", example.curl)),
            )
        )


def _rows(view: OperationView) -> Iterator[_Row]:
    """Yield the parameters of a method in its order, with what the document says of each."""
    nodes: dict[str, Node] = {one.name: one for one in view.node.parameters}
    if view.node.body is not None and view.node.body.model is not None:
        nodes |= {one.name: one for one in view.node.body.model.fields}
    elif view.node.body is not None:
        nodes["body"] = view.node.body
    for argument in (*view.path_parameters, *view.arguments):
        if argument.name in nodes:
            yield _Row(argument, nodes[argument.name].evidence)


def _raised(view: OperationView, response: Response) -> str:
    """Return the exception that a status raises."""
    status = response.status
    if status.startswith("2"):
        return "none"
    general = "ServerError" if status.startswith("5") else "ClientError"
    name = _FURTHER.get(status, ERRORS.get(status, general))
    proved = status.isdigit() and int(status) in PROVED_BY_HTTP
    is_no = proved or response.refuses
    if view.moves_money and not is_no:
        return f"`OutcomeUnknownError`, because of `{name}`"
    return f"`{name}`"


_FURTHER = {
    "408": "RequestTimeoutError",
    "500": "InternalServerError",
    "502": "BadGatewayError",
    "503": "ServiceUnavailableError",
    "504": "GatewayTimeoutError",
}
