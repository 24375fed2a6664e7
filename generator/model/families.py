"""Read families and settings from the document's security schemes, servers and parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword
from urllib.parse import urlsplit

from .. import openapi
from ..document import Located, Pointer, is_mapping, mapping, sequence
from ..openapi import Operation
from .api import ARGUMENTS, ENVIRONMENTS, Family, Setting
from .reader import Reader

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
#: The extensions of the scheme of a family besides its header, each with the form of its value and an example.
_EXTENSIONS = (
    ("x-family", _NAME, "pay"),
    ("x-client-setting", _NAME, "api_key"),
    ("x-environment-variable", _VARIABLE, "PLEXY_API_KEY"),
)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
#: Headers that HTTP itself reads: a key in one of them would break the request, or be dropped on the way.
_OF_HTTP = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "accept",
    }
)
_SCHEMES: Pointer = ("components", "securitySchemes")


class FamilyReader:
    """Read the families and the settings of a document."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._document = reader.document
        self._operations = list(openapi.operations(reader.document))
        self._uses: dict[str, list[Operation]] = {}
        self._taken = set[str](ARGUMENTS)

    def families(self) -> tuple[Family, ...]:
        """Return the families that operations have, the main one first."""
        schemes = dict(self._schemes())
        main = self._scheme_at(("security",), schemes)
        if main is None:
            self._wrong(
                ("security",),
                "the document does not name the scheme of its main family",
                "write `security:` with one scheme that has `x-family:`",
            )
        for operation in self._operations:
            own = (*operation.pointer, "security")
            name = (
                main
                if self._document.get(own) is None
                else self._scheme_at(own, schemes)
            )
            self._use(operation, name, schemes)
        used = [name for name in schemes if name in self._uses or name == main]
        ordered = sorted(used, key=lambda name: name != main)
        return tuple(
            self._family(schemes[name], main == name, name) for name in ordered
        )

    def settings(self, families: tuple[Family, ...]) -> tuple[Setting, ...]:
        """Return what operations of the families take from the client, each once."""
        found: dict[str, Setting] = {}
        for operation in self._operations:
            for parameter in operation.parameters():
                if "x-client-setting" in parameter.value:
                    self._check_setting(parameter)
                    setting = self._setting(operation, parameter)
                    first = found.setdefault(setting.argument, setting)
                    self._agree(first, setting)
        order = [family.name for family in families]
        known = [setting for setting in found.values() if setting.family in order]
        return tuple(sorted(known, key=lambda setting: order.index(setting.family)))

    # -- schemes -------------------------------------------------------------------------------------------

    def _schemes(self) -> Iterator[tuple[str, Located]]:
        """Yield the schemes of families by their names in the document."""
        taken: set[tuple[str, str]] = set()
        for key, scheme in mapping(self._document.get(_SCHEMES)).items():
            place = (*_SCHEMES, key)
            if not is_mapping(scheme) or "x-family" not in scheme:
                continue
            if scheme.get("type") != "apiKey" or scheme.get("in") != "header":
                self._wrong(
                    place,
                    f"the key of the family {scheme['x-family']!r} is not sent in a header of its own",
                    "write `type: apiKey`, `in: header` and `name:`, or remove `x-family`",
                )
                continue
            header = str(scheme.get("name", ""))
            if not _HEADER.fullmatch(header) or header.lower() in _OF_HTTP:
                message = f"{header!r} is no header that a key may be sent in"
                self._wrong(
                    (*place, "name"),
                    message,
                    "write a header of the API's own, such as `Authorization`",
                )
            self._check_names(key, Located(place, scheme), taken)
            yield key, Located(place, scheme)

    def _check_names(
        self, key: str, scheme: Located, taken: set[tuple[str, str]]
    ) -> None:
        """Report an extension that is no name, or the name of something else; note those that are."""
        for extension, form, example in _EXTENSIONS:
            value = str(scheme.value.get(extension, ""))
            place = (*scheme.pointer, extension)
            if not form.fullmatch(value) or iskeyword(value):
                message = f"the scheme {key!r} has no {extension} that is a name"
                self._wrong(place, message, f"write `{extension}: {example}`")
            elif (extension, value) in taken or (
                extension == "x-client-setting" and value in ARGUMENTS
            ):
                message = (
                    f"the {extension} {value!r} is taken by another scheme or argument"
                )
                self._wrong(place, message, "give each its own")
            taken.add((extension, value))
        self._taken |= {
            str(scheme.value.get("x-client-setting")),
            f"{scheme.value['x-family']}_base_url",
        }

    def _scheme_at(self, place: Pointer, schemes: dict[str, Located]) -> str | None:
        """Return the one scheme of a family that a `security` names."""
        named = openapi.scheme_names(self._document.get(place))
        known = [name for name in named if name in schemes]
        return known[0] if len(named) == len(known) == 1 else None

    def _use(
        self, operation: Operation, scheme: str | None, schemes: dict[str, Located]
    ) -> None:
        if scheme is None:
            self._wrong(
                (*operation.pointer, "security"),
                f"{operation.title} has not exactly one key of a family",
                "name one scheme that has `x-family:`, or none for that of the document",
            )
            return
        self._uses.setdefault(scheme, []).append(operation)
        family = schemes[scheme].value.get("x-family")
        if operation.data.get("x-family") != family:
            self._wrong(
                (*operation.pointer, "x-family"),
                f"{operation.title} sends the key of the family {family!r}, and its x-family is another",
                f"write `x-family: {family}`, or `security:` with the scheme of that family",
            )

    def _family(self, scheme: Located, is_main: bool, key: str) -> Family:
        name = str(scheme.value.get("x-family", ""))
        return Family(
            origin=self._reader.origin(scheme.pointer, scheme.value),
            name=name,
            argument=str(scheme.value.get("x-client-setting", "")),
            variable=str(scheme.value.get("x-environment-variable", "")),
            header=str(scheme.value.get("name", "")),
            origins=self._origins(self._uses.get(key, [])),
            base_url=None if is_main else f"{name}_base_url",
        )

    # -- origins -------------------------------------------------------------------------------------------

    def _origins(self, operations: list[Operation]) -> dict[str, str]:
        """Return the origins of a family, which are the same for all its operations."""
        found: dict[str, str] | None = None
        for operation in operations:
            place = self._servers_of(operation)
            origins = self._read_servers(place)
            if found is not None and origins != found:
                self._wrong(
                    place,
                    f"{operation.title} has other servers than {operations[0].title}, which sends the same key",
                    "a family has one origin for each environment: write the same servers",
                )
            found = origins if found is None else found
        return self._read_servers(("servers",)) if found is None else found

    def _servers_of(self, operation: Operation) -> Pointer:
        for place in (operation.pointer, operation.pointer[:-1]):
            if self._document.get((*place, "servers")) is not None:
                return (*place, "servers")
        return ("servers",)

    def _read_servers(self, place: Pointer) -> dict[str, str]:
        found: dict[str, str] = {}
        for index, node in enumerate(sequence(self._document.get(place))):
            server, here = mapping(node), (*place, index)
            url, environment = str(server.get("url", "")), server.get("x-environment")
            if url == "/":
                continue  # The document names no origin.
            if not _is_origin(url):
                self._wrong(
                    (*here, "url"),
                    f"the server {url!r} is no origin that a key may go to",
                    "write `https://` and a host, without a path, or `/` where none is known",
                )
            elif environment not in ENVIRONMENTS or environment in found:
                self._wrong(
                    (*here, "x-environment"),
                    f"the server {url!r} has no environment of its own",
                    f"write `x-environment:` with one of {', '.join(ENVIRONMENTS)}, each once",
                )
            else:
                found[str(environment)] = url
        return found

    # -- settings ------------------------------------------------------------------------------------------

    def _setting(self, operation: Operation, parameter: Located) -> Setting:
        value = parameter.value
        schema = mapping(self._document.follow((*parameter.pointer, "schema")).value)
        paragraph = str(value.get("description", "")).partition("\n\n")[0]
        variable = value.get("x-environment-variable")
        return Setting(
            origin=self._reader.origin(parameter.pointer, value),
            argument=str(value["x-client-setting"]),
            variable=None if variable is None else str(variable),
            is_date=schema.get("format") == "date",
            family=str(operation.data.get("x-family", "")),
            text=" ".join(paragraph.split()),
        )

    def _check_setting(self, parameter: Located) -> None:
        value, name = parameter.value, str(parameter.value["x-client-setting"])
        if value.get("in") not in ("path", "header"):
            self._wrong(
                (*parameter.pointer, "x-client-setting"),
                f"the client's settings fill path parameters and headers, and {value.get('name')!r} is neither",
                "remove `x-client-setting`",
            )
        elif name in self._taken:
            self._wrong(
                (*parameter.pointer, "x-client-setting"),
                f"the argument {name!r} is taken: the clients have one of that name",
                "write another name",
            )
        elif not _NAME.fullmatch(name) or iskeyword(name):
            self._wrong(
                (*parameter.pointer, "x-client-setting"),
                f"{name!r} is no name for an argument of the clients",
                "write a name in snake_case, such as `agent_id`",
            )

    def _agree(self, first: Setting, other: Setting) -> None:
        if (first.family, first.variable, first.is_date) != (
            other.family,
            other.variable,
            other.is_date,
        ):
            self._wrong(
                (*other.origin.pointer, "x-client-setting"),
                f"{other.argument!r} is two different settings of the client",
                "declare the parameter once in `components.parameters` and refer to it, or rename one",
            )

    def _wrong(self, pointer: Pointer, message: str, fix: str) -> None:
        self._reader.wrong(pointer, message, fix)


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and bool(host)
        and url == f"https://{parts.netloc}"
        and "@" not in url
    )
