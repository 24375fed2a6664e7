# plexy-pay runtime, written by hand in runtime/_core/settings.py; the generator copies it unchanged.
"""Settings: what a client was told, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from .._families import FAMILIES, MAIN, SETTINGS
from ..errors import ConfigurationError
from .keys import KeyRing
from .origins import BASE_URL, Origin, host_problem

if TYPE_CHECKING:
    from .operation import Operation
    from .recipes import Recipe
    from .retries import Pace
    from .types import Timeout, Timeouts


class Settings:
    """What a client was told. Its copies share it.

    Args:
        rings: The keys of each family.
        given: The arguments of the client but its keys and its `http_client`, by their names.
        recipes: What gives the recipes of all calls that move money. Few programs need them, so they are loaded late.

    Attributes:
        rings: As given.
        given: As given, with what the environment says in the place of what was left out.
        timeout: How long calls may take, as the caller said it.
        max_retries: How often a call is repeated.
        max_response_bytes: The largest response.
        allow_inferred: Whether calls that move money may be made though their path is only inferred.
        strict: Whether a response that differs from the spec is an error.
        recipes: As given.
        library: The HTTP library of the caller's `http_client`, with its version; None where the client makes its own.
    """

    def __init__(
        self,
        rings: dict[str, KeyRing],
        given: dict[str, Any],
        recipes: Callable[[], Mapping[str, Recipe]],
    ) -> None:
        self.rings = rings
        self.given = given
        self.timeout: float | Timeout | Timeouts | None = given["timeout"]
        self.max_retries: int = given["max_retries"]
        self.max_response_bytes: int = given["max_response_bytes"]
        self.allow_inferred: bool | None = given["allow_inferred"]
        self.strict: bool = given["strict"]
        self.recipes = recipes
        self.library: str | None = None
        self._origins: dict[str, Origin] = {}
        self._hosts_problem = self._read_plain_hosts()
        if self._hosts_problem is None:
            self._read_origins()
        self._settings_problem = self._read_settings()

    def _read_plain_hosts(self) -> str | None:
        """Keep the `plain_http_hosts` in lower case; return what is wrong with them."""
        given: Any = self.given["plain_http_hosts"]
        is_sequence = type(given) in (tuple, list, set, frozenset)
        hosts: tuple[object, ...] = tuple(given) if is_sequence else ()
        if not is_sequence:
            return (
                "plain_http_hosts is no sequence of host names, such as ('sandbox',)."
            )
        for place, host in enumerate(hosts):
            problem = host_problem(host)
            if problem:
                return f"plain_http_hosts[{place}] {problem}."
        self.given["plain_http_hosts"] = tuple(str(host).lower() for host in hosts)
        return None

    def _read_origins(self) -> None:
        common, name = self.given["base_url"], "base_url"
        if common is None and BASE_URL in os.environ:
            # Kept among what was given, so that a pickle goes to the same place wherever it is read.
            common = self.given["base_url"] = os.environ[BASE_URL]
            name = BASE_URL
        for family_name, family in FAMILIES.items():
            own = None if family_name == MAIN else self.given[family.base_url]
            url, named = (common, name) if own is None else (own, family.base_url)
            if url is not None:
                self._origins[family_name] = Origin(
                    url, named, self.given["plain_http_hosts"]
                )

    def _read_settings(self) -> str | None:
        """Keep the settings that the environment names; return what is wrong with one that is named anywhere."""
        for argument, setting in SETTINGS.items():
            name = argument
            if self.given[argument] is None and setting.variable in os.environ:
                # Kept as the base URL is, so that a pickle asks for the same wherever it is read.
                self.given[argument] = os.environ[setting.variable]
                name = setting.variable
            value = self.given[argument]
            if setting.is_date and value is not None and not _is_date(value):
                return f"{name} is not a date in the form YYYY-MM-DD, such as '2024-01-15'."
        return None

    def problem(self) -> str | None:
        """Return what is wrong; None if nothing is."""
        checks = (
            self._key_problem,
            self._environment_problem,
            self._number_problem,
            lambda: self._hosts_problem,
            lambda: self._settings_problem,
            self._inferred_problem,
            self._timeout_problem,
            self._suffix_problem,
            self._origin_problem,
        )
        for check in checks:
            problem = check()
            if problem:
                return problem
        return None

    def _key_problem(self) -> str | None:
        # A family without a key is no problem as long as another has one.
        if all(ring.missing for ring in self.rings.values()):
            return self.rings[MAIN].problem
        for ring in self.rings.values():
            if ring.problem and not ring.missing:
                return ring.problem
        return None

    def _environment_problem(self) -> str | None:
        if self.given["environment"] not in ("live", "test"):
            return "environment is neither 'live' nor 'test'."
        return None

    def _number_problem(self) -> str | None:
        for name, least in (("max_retries", 0), ("max_response_bytes", 1)):
            if type(self.given[name]) is not int or self.given[name] < least:
                return f"{name} is not a whole number from {least}."
        return None

    def _inferred_problem(self) -> str | None:
        allowed = self.given["allow_inferred"]
        if allowed is not None and type(allowed) is not bool:
            return "allow_inferred is neither True, False nor None."
        return None

    def _timeout_problem(self) -> str | None:
        if self.timeout is None:
            return None
        from .types import Timeouts

        timeouts = Timeouts.of(self.timeout)
        return timeouts if isinstance(timeouts, str) else None

    def _suffix_problem(self) -> str | None:
        suffix = self.given["user_agent_suffix"]
        if suffix is None:
            return None
        from .user_agent import suffix_problem

        return suffix_problem(suffix)

    def _origin_problem(self) -> str | None:
        for origin in self._origins.values():
            if origin.problem:
                return origin.problem
        return None

    def family(self, name: str) -> tuple[str, Origin]:
        """The header and the origin of a family; a `base_url` is the origin of all."""
        if name not in self._origins:
            family = FAMILIES[name]
            known = family.origins.get(self.given["environment"])
            if known is None:
                misconfigured(
                    f"No origin of the {name} API is documented. Pass {family.base_url}. Nothing was sent."
                )
            self._origins[name] = Origin(known)
        return FAMILIES[name].header, self._origins[name]

    def ring(self, name: str) -> KeyRing:
        """The keys of a family; a ConfigurationError if it was given none."""
        ring, family = self.rings[name], FAMILIES[name]
        if ring.missing:
            advice = (
                f"Pass {family.argument} or set {family.variable}. Nothing was sent."
            )
            misconfigured(
                f"The {name} API has a key of its own, which is not there. {advice}"
            )
        return ring

    @cached_property
    def timeouts(self) -> tuple[Timeout, Timeout, Timeout]:
        """How long calls may take that read, that write, and that move money."""
        from .types import Timeouts

        timeouts = Timeouts.of(self.timeout)
        assert not isinstance(timeouts, str)  # `problem` has looked.
        return timeouts

    @cached_property
    def pace(self) -> Pace:
        """The clocks, the dice and the sleep of the client."""
        from .retries import Pace

        return Pace()

    @cached_property
    def user_agent(self) -> str:
        """The User-Agent of the client."""
        from .user_agent import user_agent

        return user_agent(self.library, self.given["user_agent_suffix"])

    def timeout_for(self, operation: Operation) -> Timeout:
        """How long a call of this kind may take."""
        reads, writes, money = self.timeouts
        if operation.moves_money:
            return money
        return reads if operation.method == "GET" else writes

    def path_values(self, names: tuple[str, ...]) -> dict[str, object]:
        """The settings of the client that stand in a path."""
        missing = [name for name in names if not self.given[name]]
        if missing:
            misconfigured(
                f"This call needs the client's {missing[0]}. Nothing was sent. Pass it to the client."
            )
        return {name: self.given[name] for name in names}

    def header_values(self, names: Mapping[str, str]) -> dict[str, str]:
        """The settings of the client that stand in headers, by the header; one that is not given is not sent."""
        found = {
            header.lower(): self.given[setting] for header, setting in names.items()
        }
        return {header: value for header, value in found.items() if value is not None}


def _is_date(text: object) -> bool:
    """Return whether a text is a date as the API writes it; ISO 8601 knows other forms."""
    from datetime import date

    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def misconfigured(text: str) -> NoReturn:
    """Raise the error of a client that is not set up rightly."""
    raise ConfigurationError(text)


def closed() -> NoReturn:
    """Raise the error of a client that is used after it was closed."""
    misconfigured("The client is closed. Nothing was sent. Make a new one.")
