"""Names in Python for everything of a document that has one: each usable, none twice where they would meet."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

from ..hidden import without_hidden
from ..naming import method as method_name
from ..naming import pascal, snake

_LONGEST = 80

#: Classes that the generated modules import or use themselves.
CLASSES = frozenset(
    {
        *(name for name in dir(builtins) if name[:1].isupper()),
        *(
            "Any",
            "ArrayBody",
            "AsyncClient",
            "AsyncPager",
            "BOOLEAN",
            "Callable",
            "ClassVar",
            "Decimal",
            "Generic",
        ),
        *("INTEGER", "Literal", "Mapping", "MediaRequest", "Money", "NUMBER", "NotRequired", "ObjectBody"),
        *(
            "OpenIntEnum",
            "OpenStrEnum",
            "Optional",
            "PageRules",
            "Pager",
            "Request",
            "RequestOptions",
            "Response",
        ),
        *(
            "Self",
            "Sequence",
            "SyncClient",
            "TEXT",
            "TYPE_CHECKING",
            "TypeAlias",
            "TypedDict",
            "UNSET",
            "Union",
        ),
        *("Unset", "TextBody", "BytesBody", "Perhaps"),
    }
)
#: Attributes that every model has, and names that its class uses after its fields.
ATTRIBUTES = frozenset(
    {
        *("additional_properties", "from_dict", "from_json", "from_params", "to_dict", "to_json"),
        *("field", "define", "setters", "datetime", "forgets"),
    }
)
#: Names that the methods and functions of an operation use themselves.
ARGUMENTS = frozenset(
    {
        "self",
        "cls",
        "options",
        "client",
        "body",
        "request",
        "sync_detailed",
        "asyncio_detailed",
        "mask",
        "isinstance",
        "warn",
    }
)
#: What the clients offer besides their resources.
CLIENT = frozenset(
    {"execute", "save_call", "reconcile", "reconcile_all", "close", "aclose", "with_raw_response", "models"}
)
#: Names that would hide a type in the annotations of the methods after it.
METHODS = frozenset(
    {
        *("str", "int", "float", "bool", "bytes", "dict", "object", "tuple", "property", "date", "datetime"),
        *("deprecated", "forgets", "warn"),
    }
)
_PATH_VERSION = re.compile(r"v\d+(?:[._]\d+)*|api|rest", re.IGNORECASE)


class Names:
    """Names that are taken in one place, and a way to a free one."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def free(self, name: str, other: str = "") -> str:
        """The name if nothing has it, else the other one, else one of them with a number."""
        candidates = [name, other] if other else [name]
        found = next((one for one in candidates if one not in self._taken), None)
        count = 2
        while found is None:
            numbered = f"{candidates[-1].rstrip('_')}_{count}"
            found = numbered if numbered not in self._taken else None
            count += 1
        self._taken.add(found)
        return found

    def take(self, name: str) -> None:
        """Keep others from a name."""
        self._taken.add(name)

    def __contains__(self, name: str) -> bool:
        return name in self._taken


def identifier(name: str, default: str) -> str:
    """A name in snake_case that Python, and the tools behind us, leave as it is."""
    # Whatever no name may have stands between two words.
    text = re.sub(r"\W+", " ", without_hidden(unicodedata.normalize("NFKC", name))[: 2 * _LONGEST]).strip()
    found = snake(text) if re.search(r"[^\W_]", text) else default
    for _ in range(4):
        cut = found[:_LONGEST].strip("_") if len(found) > _LONGEST else found
        again = snake(unicodedata.normalize("NFKC", cut))
        if again == found:
            break
        found = again
    return found if found.isidentifier() and not keyword.iskeyword(found) else f"{default}_{len(name)}"


def class_name(key: str) -> str:
    """A class's name for a key, which is never the name of its own module."""
    text = re.sub(r"\W+", " ", without_hidden(unicodedata.normalize("NFKC", key))[: 2 * _LONGEST]).strip()
    name = pascal(text) if re.search(r"[^\W_]", text) else "Schema"
    name = pascal(name[:_LONGEST])
    if not name.isidentifier() or not name[0].isalpha():
        name = pascal(f"Schema {name}")
    return pascal(f"{name}Model") if snake(name) == name or name in CLASSES or name.endswith("_") else name


def class_names(keys: Iterable[str], others: Iterable[str]) -> dict[str, str]:
    """A class for each key; `others` are classes that have their names already."""
    classes, modules = Names({*CLASSES, *others}), Names()
    found: dict[str, str] = {}
    for key in keys:
        base = name = class_name(key)
        count = 2
        while name in classes or f"{name}Params" in classes or snake(name) in modules:
            name = pascal(f"{base}{count}") if not base[-1].isdigit() else pascal(f"{base}Model{count}")
            count += 1
        for taken in (name, f"{name}Params"):
            classes.take(taken)
        modules.take(snake(name))
        found[key] = name
    return found


def attributes(wires: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """The attributes of a model for its properties."""
    names = Names({*ATTRIBUTES, *reserved})
    found: dict[str, str] = {}
    for wire in wires:
        name = identifier(wire, "field")
        found[wire] = names.free(name, f"{name}_")
    return found


def resource_of(tag: str, path: str) -> str:
    """The resource of an operation: its first tag, else the first word of its path that says what it is about."""
    words = [
        part for part in path.split("/") if part and "{" not in part and not _PATH_VERSION.fullmatch(part)
    ]
    return identifier(tag or (words[0] if words else "default"), "default")


def operation_id(given: str, method: str, path: str) -> str:
    """The name of an operation's functions."""
    words = [re.sub(r"[{}]", "", part) for part in path.split("/") if part]
    return identifier(given or "_".join([method, *words]), f"{method}_operation")


def method_of(given: str, resource: str, http_method: str, path: str) -> str:
    """The name of an operation's method: its id without the words that the resource says already.

    Without an id it follows the HTTP method and the rest of the path, as most APIs are built.
    """
    name = identifier(given, "") if re.search(r"[^\W_]", given) else ""
    words = [word for word in name.split("_") if word]
    about = _forms(resource)
    kept = [word for word in words if word not in about]
    # `getPets` of the pets gives them all; a plain `get` is of a single one.
    if (
        kept == ["get"]
        and not path.rstrip("/").endswith("}")
        and any(map(_is_plural, set(words) - set(kept)))
    ):
        return "list"
    if kept and kept[-1] in ("by", "for", "of", "from", "to", "with", "in", "a", "an", "the"):
        kept = words
    if kept:
        return _usable("_".join(kept))
    parts = [part for part in path.split("/") if part]
    rest = [part for part in parts if "{" not in part and not _PATH_VERSION.fullmatch(part)]
    rest = [part for part in rest if identifier(part, "part") not in about]
    single = bool(parts) and "{" in parts[-1]
    verbs = {"get": "get" if single else "list", "post": "create", "put": "replace", "patch": "update"}
    return _usable(
        "_".join([verbs.get(http_method, http_method), *(identifier(part, "part") for part in rest)])
    )


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _usable(name: str) -> str:
    found = method_name(name)[:_LONGEST]
    return f"{found}_" if found in METHODS or not found.isidentifier() or keyword.iskeyword(found) else found


def _forms(resource: str) -> set[str]:
    """The words of a resource, each in the singular and in the plural."""
    forms: set[str] = set()
    for word in resource.split("_"):
        stem = word.removesuffix("s")
        forms |= {word, stem, f"{stem}s", f"{word}s", re.sub(r"ies$", "y", word), re.sub(r"y$", "ies", word)}
        forms |= {word.removesuffix("es")} if word.endswith(("ses", "xes", "ches", "shes")) else set()
    return forms
