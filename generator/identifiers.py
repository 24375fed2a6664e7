"""Turn names of the API into names in Python; nothing else does."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from openapi_python_client import strings
from openapi_python_client.strings import ClassName, PythonIdentifier

from .hidden_characters import without_hidden

_FIELD_PREFIX = "field_"
_CAMEL_CASE = re.compile(r"[a-z][a-zA-Z0-9]*")
_PACKAGE_PREFIX = re.compile(r"^(?:[A-Za-z0-9_]+\.)+(?=[^.]+$)")

# Builtins that generated classes and functions use themselves; an attribute of that name would hide them.
_USED_BUILTINS = {
    "bool",
    "classmethod",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "object",
    "property",
    "str",
    "tuple",
}

# openapi-python-client renames every builtin (`type` -> `type_`). A caller should find the API's own name.
strings.RESERVED_WORDS -= {
    name for name in dir(builtins) if name.islower()
} - _USED_BUILTINS

_sanitize = strings.sanitize


def _visible(value: str) -> str:
    """Return what may be in a name: as Python itself reads it (NFKC), and without letters that nobody sees."""
    return _sanitize(without_hidden(unicodedata.normalize("NFKC", value)))


strings.sanitize = _visible


def camel(name: str) -> str:
    """Return the name on the wire that the runtime takes for granted: `orderReference` for `order_reference`."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


@cache
def snake(name: str) -> str:
    """Return the Python name of a property, parameter or operation: snake_case, never a keyword or a builtin."""
    return str(PythonIdentifier(name, _FIELD_PREFIX))


def method(name: str) -> str:
    """Return the name of a resource's method; `list` may stay, since methods hide no builtin inside functions."""
    words = strings.snake_case(name)
    return f"{words}_" if keyword.iskeyword(words) else words


def constant(name: str) -> str:
    """Return the name of a module constant."""
    return snake(name).upper()


def pascal(name: str) -> str:
    """Return the Python name of a class, such that the tool behind us leaves it as it is."""
    while (again := str(ClassName(name, _FIELD_PREFIX))) != name:
        name = again
    return name


#: `mro` and dunder names belong to the Enum machinery itself.
_OF_ENUM = ("MRO", "NAME", "VALUE")


def enum_members(values: list[Any]) -> list[str]:
    """Return the name of the member of each value of an enumeration."""
    names: dict[str, None] = {}
    for value in values:
        name = base = _member_name(value)
        count = 2
        while name in names:
            name = f"{base}_{count}"
            count += 1
        names[name] = None
    return list(names)


def is_member(name: str) -> bool:
    """Return whether a name can be that of a member: in capitals, and nothing that the Enum machinery has."""
    return re.fullmatch(r"[A-Z][A-Z0-9_]*", name) is not None and name not in _OF_ENUM


def _member_name(value: Any) -> str:
    text = str(value).replace("-", " minus ") if isinstance(value, int) else str(value)
    if text and not re.search(r"[^\W_]", text):
        # Signs alone: each is called what Unicode calls it.
        text = " ".join(unicodedata.name(sign, "sign") for sign in text)
    name = constant(text) if text.strip() else "EMPTY"
    name = name.removeprefix("FIELD_")
    return (
        f"VALUE_{name}"
        if not name.isidentifier() or name[0].isdigit() or name in _OF_ENUM
        else name
    )


def plain(name: str) -> str:
    """Return a name without case, `_` and `-`: camelCase and snake_case of it mean the same field."""
    return name.lower().replace("_", "").replace("-", "")


def is_camel_case(name: str) -> bool:
    """Return whether a name of the document is in camelCase, as the names of operations are."""
    return _CAMEL_CASE.fullmatch(name) is not None


def event_class(operation_id: str) -> str | None:
    """Return the class of a webhook's event: `onTransactionCharged` -> `TransactionCharged`; None without an `on`."""
    found = re.fullmatch(r"on([A-Z]\w*)", operation_id)
    return pascal(found[1]) if found else None


def class_names(schemas: Mapping[str, Any]) -> dict[str, str]:
    """Return the class name of every schema, by its key.

    The Go package prefix goes (`response.PaymentLink` -> `PaymentLink`). Where names would be shared, the response
    keeps the plain one, a request's class ends in `Request`, and any other keeps its package in front
    (`entity.Permission` -> `EntityPermission`). A schema may name its class itself with `x-class-name`.

    Raises:
        ValueError: if two schemas still share a name; the message names both.
    """
    keys = sorted(schemas)
    plain = {key: pascal(_PACKAGE_PREFIX.sub("", key)) for key in keys}
    uses = Counter(plain.values())
    names: dict[str, str] = {}
    for key in keys:
        given = schemas[key].get("x-class-name")
        if isinstance(given, str):
            names[key] = pascal(given)
        elif uses[plain[key]] == 1 or key.startswith("response."):
            names[key] = plain[key]
        else:
            names[key] = pascal(
                plain[key] + "Request" if key.startswith("request.") else key
            )
    owners: dict[str, str] = {}
    for key, name in names.items():
        if name in owners:
            raise ValueError(
                f"the schemas {owners[name]} and {key} would both become the class {name}"
            )
        owners[name] = key
    return names
