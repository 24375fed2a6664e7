"""The config of a document that is not ours: a TOML file that supplies what our documents say in their marks.

Every key is optional, and an empty file is a config. docs/any-spec.md describes the keys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .document import is_mapping, is_sequence, sequence
from .problems import Problem, SpecError


@dataclass(frozen=True)
class Scheme:
    """How the key of a security scheme is sent: empty where the document says it."""

    header: str = ""
    prefix: str | None = None
    argument: str = ""
    variable: str = ""


@dataclass(frozen=True)
class Choice:
    """What the config says of one operation; empty or None where it says nothing."""

    resource: str = ""
    method: str = ""
    moves_money: bool | None = None
    idempotency_key: str = ""
    evidence: str = ""
    pagination: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Config:
    """A config with its defaults.

    Attributes:
        client: The class of the sync client; the async one has `Async` in front.
        error: The class of which every error of the client is.
        variables: What the names of environment variables begin with.
        api: How docstrings and errors call the API.
        skip: The operations to leave out, each as `POST /path` or as its operationId.
        moves_money: Which operations may move money: all that are no GET (None), all or none of those, or those named.
        evidence: How sure method and path of each operation are.
        sensitive: Names of fields whose values are masked, besides those that the document marks.
        server: The origins to use instead of the document's, by environment.
        security: The schemes that are sent otherwise than the document says, by their names.
        operations: What is said of single operations, by `POST /path` or operationId.
        largest: How many times larger than the document what is made of its schemas may be.
        path: The file, for problems.
    """

    client: str = ""
    error: str = ""
    variables: str = ""
    api: str = ""
    skip: tuple[str, ...] = ()
    moves_money: bool | tuple[str, ...] | None = None
    evidence: str = "documented"
    sensitive: tuple[str, ...] = ()
    server: Mapping[str, str] = field(default_factory=dict[str, str])
    security: Mapping[str, Scheme] = field(default_factory=dict[str, Scheme])
    operations: Mapping[str, Choice] = field(default_factory=dict[str, Choice])
    largest: int = 20
    path: str = "<config>"
    text: str = field(default="", repr=False)

    def problem(self, key: str, message: str, fix: str) -> Problem:
        """A problem with an entry of the file, at the first line that names it."""
        return Problem(self.path, _line(self.text, key), message, fix)


_EVIDENCE = ("documented", "documented-2023", "observed", "inferred")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ORIGIN = re.compile(r"https?://[^/?#\s@]+/?")


def load(path: Path) -> Config:
    """Read a config.

    Raises:
        SpecError: listing everything in it that cannot be used.
    """
    name = path.as_posix()
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        message = f"the config cannot be read: {error.strerror}"
        raise SpecError([Problem(name, 1, message, "check the path and its rights")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else 1
        message = f"the config is not TOML: {error}"
        raise SpecError([Problem(name, line, message, "correct it; an empty file is fine, too")]) from None
    return _Reader(name, text).read(data)


def _line(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if key in line:
            return number
    return 1


class _Reader:
    """Takes the entries out of the file's data; what is left over is unknown."""

    def __init__(self, path: str, text: str) -> None:
        self._config = Config(path=path, text=text)
        self._problems: list[Problem] = []

    def read(self, data: dict[str, Any]) -> Config:
        package = self._table(data, "package")
        values: dict[str, Any] = {
            "client": self._text(package, "client", _CLASS, "a class name such as Acme"),
            "error": self._text(package, "error", _CLASS, "a class name such as AcmeError"),
            "variables": self._text(package, "variables", _VARIABLE, "upper case such as ACME"),
            "api": self._text(package, "api", re.compile(r"[^\n]+"), "one line of text"),
            "skip": self._texts(data, "skip"),
            "sensitive": self._texts(data, "sensitive"),
            "evidence": self._word(data, "evidence", "documented"),
            "largest": self._number(data, "largest", 20),
            "moves_money": self._moves_money(data),
            "server": self._server(data),
            "security": self._tables(data, "security", self._scheme),
            "operations": self._tables(data, "operations", self._choice),
        }
        self._nothing_left(package, "package.")
        self._nothing_left(data, "")
        if self._problems:
            raise SpecError(self._problems)
        return Config(**values, path=self._config.path, text=self._config.text)

    def _scheme(self, name: str, table: dict[str, Any]) -> Scheme:
        prefix = table.pop("prefix", None)
        if prefix is not None and not (isinstance(prefix, str) and prefix.isascii() and prefix.isprintable()):
            self._wrong("prefix", f"the prefix of {name} is not plain text", 'write text such as "Bearer "')
            prefix = None
        return Scheme(
            header=self._text(table, "header", _HEADER, "a header's name"),
            prefix=prefix,
            argument=self._text(table, "argument", _NAME, "a name such as api_key"),
            variable=self._text(table, "variable", _VARIABLE, "a name such as ACME_API_KEY"),
        )

    def _choice(self, name: str, table: dict[str, Any]) -> Choice:
        moves = table.pop("moves_money", None)
        if moves is not None and not isinstance(moves, bool):
            self._wrong("moves_money", f"moves_money of {name!r} is not true or false", "write true or false")
            moves = None
        return Choice(
            resource=self._text(table, "resource", _NAME, "a name such as payment_links"),
            method=self._text(table, "method", _NAME, "a name such as create"),
            moves_money=moves,
            idempotency_key=self._text(
                table, "idempotency_key", re.compile(r".+"), "a header or body property"
            ),
            evidence=self._word(table, "evidence", ""),
            pagination=self._pagination(table, name),
        )

    def _pagination(self, table: dict[str, Any], name: str) -> dict[str, str]:
        told = self._table(table, "pagination")
        any_name = re.compile(r".+")
        keys = ("items", "page", "size", "total", "identity")
        found = {key: self._text(told, key, any_name, "the name of a field or parameter") for key in keys}
        self._nothing_left(told, f"operations.{name}.pagination.")
        return {key: text for key, text in found.items() if text}

    def _server(self, data: dict[str, Any]) -> dict[str, str]:
        table = self._table(data, "server")
        wanted = "an origin such as https://api.acme.com, without a path"
        found = {name: self._text(table, name, _ORIGIN, wanted) for name in ("live", "test")}
        self._nothing_left(table, "server.")
        return {name: url.rstrip("/") for name, url in found.items() if url}

    def _moves_money(self, data: dict[str, Any]) -> bool | tuple[str, ...] | None:
        if isinstance(data.get("moves_money"), bool):
            return bool(data.pop("moves_money"))
        return self._texts(data, "moves_money") if "moves_money" in data else None

    def _tables(self, data: dict[str, Any], key: str, read: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        whole = self._table(data, key)
        for name in list(whole):
            table = self._table(whole, name)
            found[name] = read(name, table)
            self._nothing_left(table, f"{key}.{name}.")
        return found

    def _table(self, data: dict[str, Any], key: str) -> dict[str, Any]:
        table = data.pop(key, {})
        if is_mapping(table):
            return dict(table)
        self._wrong(key, f"{key} is no table", f"write it as [{key}] with its entries below")
        return {}

    def _text(self, data: dict[str, Any], key: str, form: re.Pattern[str], wanted: str) -> str:
        value = data.pop(key, "")
        if value == "" or (isinstance(value, str) and form.fullmatch(value)):
            return str(value)
        self._wrong(key, f"{key} = {value!r} cannot be used", f"write {wanted}")
        return ""

    def _texts(self, data: dict[str, Any], key: str) -> tuple[str, ...]:
        value = data.pop(key, [])
        items = sequence(value)
        if is_sequence(value) and all(isinstance(item, str) for item in items):
            return tuple(map(str, items))
        self._wrong(key, f"{key} is no list of texts", f'write {key} = ["...", "..."]')
        return ()

    def _word(self, data: dict[str, Any], key: str, default: str) -> str:
        value = data.pop(key, default)
        if value == default or value in _EVIDENCE:
            return str(value)
        self._wrong(key, f"{key} = {value!r} is no word of evidence", f"write one of {', '.join(_EVIDENCE)}")
        return default

    def _number(self, data: dict[str, Any], key: str, default: int) -> int:
        value = data.pop(key, default)
        if type(value) is int and value > 0:
            return value
        self._wrong(key, f"{key} is no whole number above zero", f"write {key} = {default}")
        return default

    def _nothing_left(self, data: dict[str, Any], where: str) -> None:
        for key in data:
            self._wrong(key, f"{where}{key} means nothing", "correct the spelling, or remove it")

    def _wrong(self, key: str, message: str, fix: str) -> None:
        self._problems.append(self._config.problem(key, message, fix))
