"""The resources, the clients and the package's front: our own templates over the normalised document."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import currencies, describing, events, loggable, optional, qualifying, reconciling, templating, views
from .emit.clients import arguments as client_arguments
from .model.api import ARGUMENTS, Api
from .naming import snake
from .normalising import schemas

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates" / "ours"

# What `from plexy_pay import ...` offers besides the clients, by the runtime module that defines it.
PUBLIC = {
    "auth": ("ApiKeyAuth",),
    "deprecation": ("PlexyDeprecationWarning",),
    "drift": ("Difference",),
    "errors": (
        "ApiConnectionError", "ApiError", "ApiTimeoutError", "AuthenticationError", "BadGatewayError",
        "BadRequestError", "ClientError", "ConfigurationError", "ConflictError", "DeclinedError", "DecodingError",
        "GatewayTimeoutError", "InferredOperationError", "InferredOperationWarning", "InternalServerError",
        "InvalidParameterError", "NotFoundError", "Outcome", "OutcomeUnknownError", "PermissionDeniedError",
        "PlexyError", "RateLimitError", "RedirectError", "RequestRefusedError", "RequestTimeoutError",
        "ResponseTooLargeError", "ServerError", "ServiceUnavailableError", "UnexpectedAnswerError",
        "UnknownParameterWarning", "UnprocessableEntityError",
    ),
    "keys": ("netrc_key",),
    "money": ("Money",),
    "next_action": ("Finished", "NextAction", "ShowChallenge", "UnknownAction"),
    "pagination": ("AsyncPager", "Pager"),
    "reconciling": ("Executed", "NotExecuted", "Reconciliation", "Undetermined"),
    "types": ("RequestOptions", "Response", "Timeout", "Timeouts", "UNSET", "Unset"),
}  # fmt: skip

# What it offers as modules of their own, loaded when they are asked for.
SUBMODULES = (
    "cards",
    "models",
    "params",
    "webhooks",
)


def generate(data: Json, api: Api, out: Path, version: str, left_out: frozenset[str] = frozenset()) -> None:
    """Write the resources, clients, operation records and the package's `__init__` at `out`.

    Args:
        data: The normalised document.
        api: The model of the document.
        out: The folder of the package.
        version: The version of the package.
        left_out: The modules of the runtime that stay out of it.

    Raises:
        GenerationError: if a template has a mistake.
    """
    with templating.explained(TEMPLATES, templating.subject):
        _generate(data, api, out, version, left_out)


def _generate(data: Json, api: Api, out: Path, version: str, left_out: frozenset[str]) -> None:
    environment = _environment()
    operations = views.operation_views(data)
    groups = views.by_resource(operations)
    titles = _titles(data, groups)
    folder = out / "resources"
    folder.mkdir(parents=True)
    typed = _typing(data)
    for resource, members in groups.items():
        text = environment.get_template("resource.py.jinja").render(
            resource=resource,
            name=views.resource_class(resource),
            children=_children(resource, groups),
            title=titles[resource],
            operations=members,
            typed=typed,
        )
        (folder / f"{resource.replace('.', '_')}.py").write_text(text, "utf-8")
    public = {module: names for module, names in PUBLIC.items() if module not in left_out}
    lazy = sorted(public.items())
    submodules = [name for name in SUBMODULES if name not in left_out]
    clients = ("AsyncPlexyPay", "PlexyPay")
    lazily = (name for names in public.values() for name in names)
    exported = sorted([*clients, "__version__", "preload", *submodules, *lazily])
    files: dict[str, dict[str, Any]] = {
        "operations.py": {"operations": operations, "facts": reconciling.facts(data)},
        "lookups.py": {"recipes": reconciling.recipes(data)},
        "resources_init.py": {
            "classes": sorted((group.replace(".", "_"), views.resource_class(group)) for group in groups)
        },
        "families.py": {"api": api},
        "client.py": {
            "api": api,
            "arguments": client_arguments(api),
            "arguments_of_all": ARGUMENTS,
            "resources": _children("", groups),
            "titles": titles,
        },
        "version.py": {"version": version},
        "currencies.py": {
            "exponents": currencies.exponents(),
            "disputed": currencies.disputed(data),
            "source_version": installed_version("iso4217"),
        },
        "loggable.py": {"names": loggable.loggable(data)},
        "package_init.py": {
            "calls": {view.call for view in operations},
            "lazy": lazy,
            "exported": exported,
            "submodules": submodules,
            "optional_modules": [
                name for name in optional.ADAPTERS if not optional.is_left_out(name, left_out)
            ],
        },
    }
    if optional.WEBHOOKS not in left_out:
        files["events.py"] = {"events": events.event_views(data)}
    targets = {
        "package_init.py": "__init__.py",
        "events.py": "webhooks/events.py",
        "resources_init.py": "resources/__init__.py",
    }
    for name, context in files.items():
        path = out / targets.get(name, f"_{name}")
        path.parent.mkdir(exist_ok=True)
        path.write_text(environment.get_template(f"{name}.jinja").render(**context), "utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(literal=templating.literal, line=describing.line, comment=describing.comment)  # pyright: ignore[reportUnknownMemberType]
    functions = {
        "described": _described,
        "docstring": _docstring,
        "method_doc": method_doc,
        "module": snake,
        "text": _text,
        "literal": json.dumps,
    }
    for name, function in {**functions, "imports": reconciling.imports}.items():
        environment.globals[name] = function  # pyright: ignore[reportUnknownMemberType]
    return environment


def _docstring(text: str, indent: int) -> str:
    return describing.docstring(text, indent=indent)


def _described(name: str, text: str) -> str:
    """An argument in a docstring of a class: its name, and what it is."""
    return textwrap.fill(
        f"{name}: {describing.line(text)}",
        120,
        initial_indent=" " * 8,
        subsequent_indent=" " * 12,
        break_on_hyphens=False,
    )


def _text(value: str) -> str:
    """A long text as a Python expression, in lines of the package's width."""
    lines = textwrap.wrap(value, 90, break_long_words=False, break_on_hyphens=False)
    return "(" + "\n".join(repr(f"{line} ") for line in lines[:-1]) + f"\n{lines[-1]!r})"


def _children(resource: str, groups: Iterable[str]) -> list[tuple[str, str, str]]:
    """The name, the module and the class of each resource below one."""
    return [
        (child.rpartition(".")[2], child.replace(".", "_"), views.resource_class(child))
        for child in views.children(resource, groups)
    ]


def _titles(data: Json, groups: Iterable[str]) -> dict[str, str]:
    return {group: group.replace("_", " ").replace(".", ": ").capitalize() for group in groups}


def _typing(data: Json) -> Callable[[str], str]:
    """What turns the annotations of a resource into those that are evaluated when a tool reads them."""
    places = {"Money": "_hints."}
    for name in schemas(data):
        places[name] = "_hints.models."
        places[f"{name}Params"] = "_hints.params."
    return partial(qualifying.qualified, places=places)


def method_doc(op: views.OperationView) -> str:
    """The docstring of a resource method: what it does, each parameter, what it gives, what it raises."""
    parts = [op.summary.rstrip(".") + ".", op.deprecated, op.description]
    parts.append(_retried(op))
    parts.append(op.evidence_text)
    arguments = [(parameter.name, parameter.doc) for parameter in (*op.path_parameters, *op.arguments)]
    arguments.append(("options", "Options for this call alone; see `RequestOptions`."))
    parts.append(
        "Args:\n" + "\n".join(f"    {name}: {' '.join(doc.split())}".rstrip() for name, doc in arguments)
    )
    parts.append("Returns:\n    " + _returns(op))
    parts.append("Raises:\n" + "\n".join(f"    {line}" for line in _raises(op)))
    return "\n\n".join(part for part in parts if part)


def _retried(op: views.OperationView) -> str:
    """Whether the client repeats the call by itself, and why that can do no harm."""
    moves = "This call moves money. " if op.moves_money else ""
    unknown = " When its outcome cannot be known it raises `OutcomeUnknownError`." if op.moves_money else ""
    if op.http_method == "GET":
        return "Retried: yes, it only reads: after a failed connection, a time-out, 408, 429 and 5xx."
    if op.idempotency_key and op.key_repeats:
        return (
            f"{moves}Retried: yes, it is idempotent by `{op.idempotency_key}`, and every attempt carries the same: "
            "after a failed connection, a time-out, 408, 429 and 5xx. Keep the key before you call: after a "
            f"crash, call again with the same one.{unknown}"
        )
    if op.idempotency_key:
        unknown = (
            f" `{op.idempotency_key}` was not tried, so the client repeats nothing because of it.{unknown}"
        )
    return f"{moves}Retried: only when nothing of it left, or after a 429; a second arrival could do it twice.{unknown}"


def _returns(op: views.OperationView) -> str:
    if op.pagination:
        item = f"each item is a `{op.pagination.item}`."
        if not op.pagination.whole:
            return f"A pager: iterate over it to follow the pages; {item}"
        return f"A pager over the one answer, which is taken for the whole list; {item}"
    return (
        "Nothing; the call succeeded."
        if op.answer.type == "None"
        else f"`{op.answer.type}`, as the API answered."
    )


def _raises(op: views.OperationView) -> list[str]:
    lines = ["InvalidParameterError: a parameter was refused before anything was sent."]
    names = {
        "400": "BadRequestError",
        "401": "AuthenticationError",
        "403": "PermissionDeniedError",
        "404": "NotFoundError",
        "409": "ConflictError",
        "422": "UnprocessableEntityError",
        "429": "RateLimitError",
    }
    lines += [f"{names[status]}: {doc}" for status, doc in op.errors if status in names]
    if op.moves_money:
        lines.append("DeclinedError: the API answered that the operation did not succeed; no money moved.")
        lines.append(
            "OutcomeUnknownError: the money may have moved; `error.reconcile()` looks it up. Do not call again."
        )
    else:
        lines.append("ServerError: the API failed; ApiConnectionError: it was not reached or did not answer.")
    if op.evidence == "inferred" and op.moves_money:
        lines.append("InferredOperationError: unless the client was made with allow_inferred=True.")
    return lines
