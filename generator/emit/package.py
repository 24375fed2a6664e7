"""Write the resources, the clients, the tables of the runtime and the package's front by our own templates."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version as installed_version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .. import currencies
from ..identifiers import snake
from ..model import query
from ..model.api import ARGUMENTS, Api
from . import docstrings, optional, templating
from .clients import arguments as client_arguments
from .events import EventView
from .loggable import loggable
from .method_docs import method_doc
from .method_examples import MethodExamples
from .operations import OperationView, resource_class
from .python_names import in_python
from .recipes import RecipeView, imports

TEMPLATES = Path(__file__).parent / "templates" / "ours"

# What `from plexy_pay import ...` offers besides the clients, by the runtime module that defines it.
PUBLIC = {
    "_core.auth": ("ApiKeyAuth",),
    "_core.deprecation": ("PlexyDeprecationWarning",),
    "_core.drift": ("Difference",),
    "errors": (
        "ApiConnectionError", "ApiError", "ApiTimeoutError", "AuthenticationError", "BadGatewayError",
        "BadRequestError", "ClientError", "ConfigurationError", "ConflictError", "DeclinedError", "DecodingError",
        "GatewayTimeoutError", "InferredOperationError", "InferredOperationWarning", "InternalServerError",
        "InvalidParameterError", "NotFoundError", "Outcome", "OutcomeUnknownError", "PermissionDeniedError",
        "PlexyError", "RateLimitError", "RedirectError", "RequestRefusedError", "RequestTimeoutError",
        "ResponseTooLargeError", "ServerError", "ServiceUnavailableError", "UnexpectedResponseError",
        "UnknownParameterWarning", "UnprocessableEntityError",
    ),
    "_core.keys": ("netrc_key",),
    "_core.money": ("Money",),
    "_core.next_action": ("Finished", "NextAction", "ShowChallenge", "UnknownAction"),
    "_core.pagination": ("AsyncPager", "Pager"),
    "_core.reconciliation": ("Executed", "NotExecuted", "Reconciliation", "Undetermined"),
    "_core.types": ("RequestOptions", "Response", "Timeout", "Timeouts", "UNSET", "Unset"),
}  # fmt: skip

# What it offers as modules of their own, loaded when they are asked for.
SUBMODULES = (
    "api",
    "cards",
    "errors",
    "models",
    "params",
    "webhooks",
)


def generate(
    api: Api,
    operations: Mapping[str, OperationView],
    out: Path,
    version: str,
    left_out: frozenset[str] = frozenset(),
) -> None:
    """Write the resources, clients, operation records and the package's `__init__` at `out`.

    Args:
        api: The model of the document.
        operations: What the templates show of each operation, by its id.
        out: The directory of the package.
        version: The version of the package.
        left_out: The modules of the runtime that stay out of it.

    Raises:
        GenerationError: if a template has a mistake.
    """
    with templating.explained(TEMPLATES, templating.subject):
        writer = _Writer(api, operations, out, left_out)
        writer.write_resources()
        writer.write_clients()
        writer.write_tables(version)
        writer.write_front()


class _Writer:
    def __init__(
        self,
        api: Api,
        operations: Mapping[str, OperationView],
        out: Path,
        left_out: frozenset[str],
    ) -> None:
        self._api = api
        self._out = out
        self._left_out = left_out
        self._environment = _environment(
            docstrings.Writer(in_python(api)), MethodExamples(api)
        )
        groups = query.by_resource(api.operations)
        self._groups = {
            name: [operations[one.id] for one in members]
            for name, members in groups.items()
        }
        self._operations = operations
        self._titles = {name: _title(name) for name in groups}

    def write_resources(self) -> None:
        """Write a module for each resource, and the names of all."""
        for resource, operations in self._groups.items():
            self._write(
                "resource.py",
                f"_resources/{resource.replace('.', '_')}.py",
                resource=resource,
                name=resource_class(resource),
                children=self._children(resource),
                title=self._titles[resource],
                operations=operations,
            )
        classes = sorted(
            (name.replace(".", "_"), resource_class(name)) for name in self._groups
        )
        self._write("resources_init.py", "_resources/__init__.py", classes=classes)

    def write_clients(self) -> None:
        """Write the clients and the families of operations."""
        self._write("families.py", "_families.py", api=self._api)
        self._write(
            "client.py",
            "_client.py",
            api=self._api,
            arguments=client_arguments(self._api),
            arguments_of_all=ARGUMENTS,
            resources=self._children(""),
            titles=self._titles,
        )

    def write_tables(self, version: str) -> None:
        """Write what the runtime looks up: operations, recipes, events, currencies, names that logs show."""
        recipes = [RecipeView(recipe, self._operations) for recipe in self._api.recipes]
        self._write(
            "operations.py",
            "_operations.py",
            operations=list(self._operations.values()),
        )
        self._write("recipes.py", "_recipes.py", recipes=recipes)
        if optional.WEBHOOKS not in self._left_out:
            events = [EventView(event) for event in self._api.events]
            self._write("events.py", "webhooks/_events.py", events=events)
        self._write(
            "currencies.py",
            "_currencies.py",
            exponents=currencies.exponents(),
            disputed=self._api.disputed_currencies,
            source_version=installed_version("iso4217"),
        )
        self._write("log_allowlist.py", "_log_allowlist.py", names=loggable(self._api))
        self._write("version.py", "_version.py", version=version)

    def write_front(self) -> None:
        """Write the package's `__init__`."""
        public = {
            module: names
            for module, names in PUBLIC.items()
            if module not in self._left_out
        }
        submodules = [name for name in SUBMODULES if name not in self._left_out]
        lazily = [name for names in public.values() for name in names]
        exported = [
            "AsyncPlexyPay",
            "PlexyPay",
            "__version__",
            "preload",
            *submodules,
            *lazily,
        ]
        adapters = [
            name
            for name in optional.ADAPTERS
            if not optional.is_left_out(name, self._left_out)
        ]
        self._write(
            "package_init.py",
            "__init__.py",
            calls={operation.call for operation in self._operations.values()},
            lazy=sorted(public.items()),
            exported=sorted(exported),
            submodules=submodules,
            optional_modules=adapters,
        )

    def _children(self, resource: str) -> list[tuple[str, str, str]]:
        """Return the name, the module and the class of each resource below one."""
        return [
            (child.rpartition(".")[2], child.replace(".", "_"), resource_class(child))
            for child in query.children(resource, self._groups)
        ]

    def _write(self, template: str, target: str, **context: object) -> None:
        path = self._out / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = self._environment.get_template(f"{template}.jinja").render(**context)
        path.write_text(text, "utf-8")


def _environment(writer: docstrings.Writer, examples: MethodExamples) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    filters: dict[str, Callable[..., object]] = {
        "literal": templating.literal,
        "line": docstrings.line,
        "comment": docstrings.comment,
        "imports_of": _imports_of,
    }
    functions: dict[str, Callable[..., object]] = {
        "described": _described,
        "docstring": writer.docstring,
        "example": examples.example,
        "imports": imports,
        "method_doc": method_doc,
        "method_docstring": writer.method_docstring,
        "module": snake,
        "text": _text,
    }
    environment.filters.update(filters)  # pyright: ignore[reportUnknownMemberType]
    environment.globals.update(functions)  # pyright: ignore[reportUnknownMemberType]
    return environment


def _imports_of(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the modules and names of classes."""
    return sorted({(snake(name), name) for name in names})


def _title(resource: str) -> str:
    return resource.replace("_", " ").replace(".", ": ").capitalize()


def _described(name: str, text: str) -> str:
    """Return an argument in a docstring of a class: its name, and what it is."""
    return textwrap.fill(
        f"{name}: {docstrings.line(text)}",
        120,
        initial_indent=" " * 8,
        subsequent_indent=" " * 12,
        break_on_hyphens=False,
    )


def _text(value: str) -> str:
    """Return a long text as a Python expression, in lines of the package's width."""
    lines = textwrap.wrap(value, 90, break_long_words=False, break_on_hyphens=False)
    return (
        "(" + "\n".join(repr(f"{line} ") for line in lines[:-1]) + f"\n{lines[-1]!r})"
    )
