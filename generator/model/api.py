"""The nodes of the model: frozen and typed, each with its place in the document and how it is known.

A name in Python, a header, an origin is read from the document once, by `build`; everything else asks these values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..document import Pointer

Evidence = Literal["documented", "documented-2023", "observed", "inferred"]

#: What the `environment` argument of the clients may be.
ENVIRONMENTS = ("live", "test")

#: The arguments that every client has, whatever the document says.
ARGUMENTS = (
    "environment",
    "base_url",
    "timeout",
    "max_retries",
    "http_client",
    "max_response_bytes",
    "strict",
    "allow_inferred",
    "plain_http_hosts",
    "user_agent_suffix",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of the API.

    Attributes:
        pointer: Its place in the bundled document, for messages with file and line.
        evidence: How it is known.
        sources: Where it was read.
    """

    pointer: Pointer
    evidence: Evidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Node):
    """A parameter of operations that a client is told once, when it is made.

    Attributes:
        argument: The argument of the clients.
        variable: The environment variable that stands for it where it is not given; none if there is none.
        is_date: Whether its value is a date, such as `2024-01-15`.
        family: The name of the family whose operations have it.
        text: What it is, for people.
    """

    argument: str
    variable: str | None
    is_date: bool
    family: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(Node):
    """Operations with a key, a header and origins of their own; no family uses what belongs to another.

    Attributes:
        name: How errors and records of operations call it.
        argument: The argument of the clients that takes its key.
        variable: The environment variable that stands for the key.
        header: The header that carries the raw key.
        origins: The origin for each environment; none where the document names none.
        base_url: The argument that takes another origin for this family alone; the main family has `base_url` only.
    """

    name: str
    argument: str
    variable: str
    header: str
    origins: Mapping[str, str]
    base_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The whole API.

    Attributes:
        families: All families, the main one first: that of the operations that name no security of their own.
        settings: What the clients are told besides keys and origins, in the order of the families.
    """

    families: tuple[Family, ...]
    settings: tuple[Setting, ...]

    @property
    def main(self) -> Family:
        """The family of most operations."""
        return self.families[0]

    def settings_of(self, family: Family) -> tuple[Setting, ...]:
        """Return what the clients are told for the operations of a family."""
        return tuple(setting for setting in self.settings if setting.family == family.name)
