"""How an operation's key is sent, and whereto: the families of operations that the clients tell apart.

A family is the schemes that its operations ask for together, and the origin that they are at. A scheme is a key in its
form: `Authorization: Bearer {key}`, `X-Key: {key}`, `Cookie: session={key}` or `?key={key}`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from ..config import Config, Scheme
from ..document import Located, Pointer, is_mapping, mapping, sequence
from ..naming import snake
from . import naming
from .adapting import Adapting

Json = dict[str, Any]

_LEAVE_OUT = "or leave the operation out with `skip` in the config"
#: What the clients take besides keys.
_ARGUMENTS = frozenset(
    {
        *(
            "self",
            "environment",
            "base_url",
            "timeout",
            "max_retries",
            "http_client",
            "max_response_bytes",
            "strict",
        ),
        *("allow_inferred", "plain_http_hosts", "user_agent_suffix"),
    }
)
_VARIABLE = re.compile(r"\{([^{}]*)\}")
#: What a header or a cookie may be named.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class Family:
    """A row of the runtime's table of families.

    `form` says where the key goes; it is empty where none is sent, and `argument` and `variable` then are, too.
    `further` are the families whose keys are sent beside it. `base_url` is the argument of its origin, where that is
    not everyone's.
    """

    name: str
    form: str
    argument: str
    variable: str
    base_url: str
    live: str
    test: str
    further: tuple[str, ...] = ()


#: The schemes that are asked for together; none where no key is sent.
Schemes = tuple[str, ...]


@dataclass
class Families:
    """The families of a document, as its operations ask for them."""

    adapting: Adapting
    variables: str
    _uses: Counter[tuple[Schemes, str]] = field(default_factory=Counter[tuple[Schemes, str]])
    _names: dict[tuple[Schemes, str], str] = field(default_factory=dict[tuple[Schemes, str], str])
    _schemes_of: dict[str, Schemes] = field(default_factory=dict[str, Schemes])
    _taken: naming.Names = field(default_factory=naming.Names)
    _reported: set[str] = field(default_factory=set[str])

    def all(self) -> list[Family]:
        """Every family, the one that most operations are of first, those without a key last."""
        names = list(dict.fromkeys(scheme for schemes, _ in self._uses for scheme in schemes))
        first = max(self._uses, key=lambda use: self._uses[use])[1] if self._uses else ""
        arguments = self._arguments(names)
        beside = dict.fromkeys(scheme for schemes, _ in self._uses for scheme in schemes[1:])
        rows = {scheme: self._taken.free(f"{snake(scheme)}_beside") for scheme in beside}
        found = [self._family(self._names[use], use[0], use[1], first, arguments, rows) for use in self._uses]
        used = {self._names[use]: count for use, count in self._uses.items()}
        found.sort(key=lambda family: (not family.form, -used[family.name]))
        return found + [
            self._family(row, (scheme,), first, first, arguments, rows) for scheme, row in rows.items()
        ]

    def of(self, operation: Located) -> tuple[str, str]:
        """The family of an operation, and what stands before its path at the origin."""
        origin, before = self._server(operation)
        use = self._schemes(operation), origin
        self._uses[use] += 1
        if use not in self._names:
            self._names[use] = self._taken.free(snake("_".join(use[0])) if use[0] else "open")
            self._schemes_of[self._names[use]] = use[0]
        return self._names[use], before

    def places(self, family: str) -> frozenset[tuple[str, str]]:
        """Where keys go when an operation of a family is called, as a parameter says it; headers in lower case."""
        forms = [self._form(name) for name in self._schemes_of[family]]
        nodes = [mapping(self._node(name).value) for name in self._schemes_of[family]]
        named = {(str(node.get("in")), str(node.get("name"))) for node in nodes}
        return frozenset(named | {("header", form.partition(": ")[0].lower()) for form in forms})

    def _arguments(self, schemes: list[str]) -> dict[str, str]:
        """The argument of each scheme's key: `api_key` for the one that is named so, else for the most used one."""
        words = {scheme: snake(scheme) for scheme in schemes}
        uses = Counter[str]()
        for (asked, _), count in self._uses.items():
            uses.update(dict.fromkeys(asked[:1], count))
        plain = [scheme for scheme in schemes if words[scheme] in ("api_key", "apikey")]
        main = plain[:1] or sorted(schemes, key=lambda scheme: -uses[scheme])[:1]
        found: dict[str, str] = {}
        for scheme in schemes:
            word = words[scheme]
            default = (
                "api_key" if scheme in main else word if word.endswith(("key", "token")) else f"{word}_key"
            )
            name, count = self._given(scheme).argument or default, 2
            while name in found.values() or name in _ARGUMENTS:
                name, count = f"{default}_{count}", count + 1
            found[scheme] = name
        return found

    def _family(
        self,
        name: str,
        schemes: Schemes,
        origin: str,
        first: str,
        arguments: dict[str, str],
        rows: dict[str, str],
    ) -> Family:
        scheme = schemes[0] if schemes else ""
        common = origin == first
        argument = arguments.get(scheme, "")
        config = self.adapting.config.server
        variable = self._given(scheme).variable or f"{self.variables}_{argument.upper()}"
        return Family(
            name=name,
            form=self._form(scheme) if scheme else "",
            argument=argument,
            variable=variable if scheme else "",
            base_url="" if common else f"{name}_base_url",
            live=config.get("live", origin) if common else origin,
            test=config.get("test", "") if common else "",
            further=tuple(rows[other] for other in schemes[1:]),
        )

    # -- keys ------------------------------------------------------------------------------------------------------

    def _schemes(self, operation: Located) -> Schemes:
        """The schemes of an operation: the first of its alternatives that the client can do; empty for none.

        An alternative with a key in a URL, where servers and proxies log it, comes after all others.
        """
        data, config = self.adapting.document.data, self.adapting.config
        own = "security" in operation.value
        place: Pointer = (*operation.pointer, "security") if own else ("security",)
        choices = [
            mapping(one) for one in sequence(operation.value.get("security") if own else data.get("security"))
        ]
        if not choices:
            return ("default",) if "default" in config.security and not own else ()
        reasons: list[str] = []
        possible: list[Schemes] = []
        for choice in filter(None, choices):
            # One of which the config says how it is sent stands for all of its alternative.
            told = [
                name for name in choice if self._given(name).header or self._given(name).prefix is not None
            ]
            names = told or list(choice)
            problems = [problem for name in names if (problem := self._problem(name))]
            reasons += problems
            if not problems:
                possible.append(tuple(name for name in names if self._kind(name) != "mutualTLS"))
        if possible:
            found = min(possible, key=lambda names: any(self._form(name)[:1] == "?" for name in names))
            for name in found:
                if self._form(name)[:1] == "?":
                    self.adapting.note("a key goes into the query, where servers and proxies log it", place)
            if () in possible:
                self.adapting.note(
                    "mutual TLS is up to an `http_client` with the certificate, which you pass", place
                )
            return found
        if reasons and not all(choices):
            self.adapting.note(
                "operations that also go without a key are called without one", operation.pointer
            )
        elif reasons and (key := "; ".join(dict.fromkeys(reasons))) not in self._reported:
            self._reported.add(key)
            name = next(name for choice in choices for name in choice)
            self.adapting.cannot(
                place,
                key,
                f"say under [security.{name}] of the config in which header and after which prefix a key goes, "
                f"{_LEAVE_OUT}",
            )
        return ()

    def _problem(self, name: str) -> str:
        """Why the client cannot send the key of a scheme; empty if it can."""
        given, node = self._given(name), mapping(self._node(name).value)
        if given.header or node.get("type") in ("oauth2", "openIdConnect", "mutualTLS"):
            return ""
        if node.get("type") == "apiKey":
            place, wire = node.get("in"), str(node.get("name", ""))
            if place == "query" or _TOKEN.fullmatch(wire):
                return ""
            return f"no {place} can be named {wire!r}, as {name} is"
        if node.get("type") == "http":
            word = str(node.get("scheme", "")).lower()
            known = word in ("basic", "bearer") or given.prefix is not None
            return (
                ""
                if known
                else f"{name} is HTTP {word or 'authentication'}, and the client sends a plain key"
            )
        return f"{name} is {node.get('type') or 'no known scheme'}"

    def _given(self, name: str) -> Scheme:
        return self.adapting.config.security.get(name, Scheme())

    def _node(self, name: str) -> Located:
        return self.adapting.document.follow(("components", "securitySchemes", name))

    def _kind(self, name: str) -> str:
        return "" if self._given(name).header else str(mapping(self._node(name).value).get("type", ""))

    def _form(self, name: str) -> str:
        """Where a scheme's key goes: what the config says of it, else what the document says."""
        given, node = self._given(name), mapping(self._node(name).value)
        wire, place = str(node.get("name", "")), node.get("in")
        is_key = node.get("type") == "apiKey"
        if is_key and not given.header:
            if place == "query":
                return f"?{quote(wire, safe='')}={{key}}"
            if place == "cookie":
                return f"Cookie: {wire}={{key}}"
        header = given.header or (wire if is_key else "Authorization")
        if given.prefix is None and not given.header and str(node.get("scheme", "")).lower() == "basic":
            return f"{header}: Basic {{base64}}"
        prefix = "" if is_key or given.header else "Bearer "
        return f"{header}: {prefix if given.prefix is None else given.prefix}{{key}}"

    # -- origins ---------------------------------------------------------------------------------------------------

    def _server(self, operation: Located) -> tuple[str, str]:
        """The origin of an operation, empty where none is known, and what stands before its path."""
        document = self.adapting.document
        path_item = document.follow(operation.pointer[:-1])
        holders = (operation, path_item, Located((), document.data))
        for pointer, value in holders:
            for index, server in enumerate(sequence(mapping(value).get("servers"))):
                if is_mapping(server):
                    return self._split((*pointer, "servers", index), server)
        return "", ""

    def _split(self, pointer: Pointer, server: Json) -> tuple[str, str]:
        variables = mapping(server.get("variables"))

        def default(match: re.Match[str]) -> str:
            return str(mapping(variables.get(match[1])).get("default", match[0]))

        url = _VARIABLE.sub(default, str(server.get("url", "")))
        try:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
            good = not origin or (
                parts.scheme in ("https", "http") and "@" not in parts.netloc and bool(parts.hostname)
            )
            _ = parts.port
        except ValueError:
            return self._bad_server(pointer, url)
        if not good or parts.query or parts.fragment or "{" in url or not url.isascii():
            return self._bad_server(pointer, url)
        # A relative address, and plain http to another computer, name no origin that a key may go to.
        if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
            origin = ""
        return origin, "/" + parts.path.strip("/") if parts.path.strip("/") else ""

    def _bad_server(self, pointer: Pointer, url: str) -> tuple[str, str]:
        if url not in self._reported:
            self._reported.add(url)
            self.adapting.cannot(
                (*pointer, "url"),
                f"the client cannot call {url!r}",
                "write an https address, with defaults for its variables and without a query",
            )
        return "", ""


def check_names(config: Config, schemes: Json) -> list[Any]:
    """The entries of the config that name no scheme of the document."""
    return [
        config.problem(name, f"security.{name} names no security scheme", "correct it, or write `default`")
        for name in config.security
        if name not in schemes and name != "default"
    ]
