# plexy-pay runtime, written by hand in runtime/_core/settings.py; the generator copies it unchanged.
"""Define the settings of a client, which never change. `configuration` reads and checks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from .._families import FAMILIES
from ..errors import ConfigurationError
from .keys import KeyRing
from .origins import Origin
from .retries import Pace

if TYPE_CHECKING:
    from .operation import Operation
    from .recipes import Recipe
    from .types import Timeout, Timeouts


class Settings(NamedTuple):
    """Hold what a client was told. Copies of the client share it.

    Args:
        rings: The keys of each family.
        arguments: The arguments of the client but its keys and its `http_client`, by their names, with the values of
            environment variables in the place of those that were left out. A pickle of the client holds them, so that
            it asks for the same wherever it is read.
        environment: `live` or `test`.
        origins: The origin of each family that was given one; a `base_url` is the origin of all.
        timeout: How long calls may take, as the caller said it.
        max_retries: How often a call is repeated.
        max_response_bytes: The largest response.
        allow_inferred: Whether calls that move money may be made though their path is only inferred.
        strict: Whether a response that differs from the spec is an error.
        library: The HTTP library of the caller's `http_client`, with its version; None where the client makes its own.
        recipes: Gives the recipes of all calls that move money. Few programs need them, so they are loaded late.
        pace: The clocks, the dice and the sleep of the client.
    """

    rings: Mapping[str, KeyRing]
    arguments: Mapping[str, Any]
    environment: str
    origins: Mapping[str, Origin]
    timeout: float | Timeout | Timeouts | None
    max_retries: int
    max_response_bytes: int
    allow_inferred: bool | None
    strict: bool
    library: str | None
    recipes: Callable[[], Mapping[str, Recipe]]
    pace: Pace = Pace()

    def family(self, name: str) -> tuple[str, Origin]:
        """Return the header and the origin of a family.

        Raises:
            ConfigurationError: if neither the caller nor the spec names an origin.
        """
        family = FAMILIES[name]
        if name in self.origins:
            return family.header, self.origins[name]
        documented = family.origins.get(self.environment)
        if documented is None:
            misconfigured(
                f"No origin of the {name} API is documented. Pass {family.base_url}. Nothing was sent."
            )
        return family.header, _documented_origin(documented)

    def ring(self, name: str) -> KeyRing:
        """Return the keys of a family.

        Raises:
            ConfigurationError: if the client was given none.
        """
        ring, family = self.rings[name], FAMILIES[name]
        if ring.missing:
            misconfigured(
                f"The {name} API has a key of its own, and the client has none. Pass {family.argument} or set "
                f"{family.variable}. Nothing was sent."
            )
        return ring

    @property
    def timeouts(self) -> tuple[Timeout, Timeout, Timeout]:
        """Return how long calls may take that read, that write, and that move money."""
        return _whole(self.timeout)

    def timeout_for(self, operation: Operation) -> Timeout:
        """Return how long a call of an operation may take."""
        reads, writes, money = self.timeouts
        if operation.moves_money:
            return money
        return reads if operation.method == "GET" else writes

    @property
    def user_agent(self) -> str:
        """Return the User-Agent of the client."""
        from .user_agent import user_agent

        return user_agent(self.library, self.arguments["user_agent_suffix"])

    def path_values(self, names: tuple[str, ...]) -> dict[str, object]:
        """Return the settings of the client that stand in a path.

        Raises:
            ConfigurationError: if the client was not given one of them.
        """
        missing = [name for name in names if not self.arguments[name]]
        if missing:
            misconfigured(
                f"This call needs the client's {missing[0]}. Nothing was sent. Pass it to the client."
            )
        return {name: self.arguments[name] for name in names}

    def header_values(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return the settings of the client that stand in headers, by the header; one that is not given is not sent."""
        found = {
            header.lower(): self.arguments[setting] for header, setting in names.items()
        }
        return {header: value for header, value in found.items() if value is not None}


@lru_cache
def _documented_origin(text: str) -> Origin:
    """Return an origin that the spec names."""
    return Origin(text)


@lru_cache
def _whole(
    timeout: float | Timeout | Timeouts | None,
) -> tuple[Timeout, Timeout, Timeout]:
    from .types import Timeouts

    timeouts = Timeouts.of(timeout)
    assert not isinstance(timeouts, str)  # `configuration` has looked.
    return timeouts


def misconfigured(text: str) -> NoReturn:
    """Raise the error of a client that is not set up rightly."""
    raise ConfigurationError(text)


def closed() -> NoReturn:
    """Raise the error of a client that is used after it was closed."""
    misconfigured("The client is closed. Nothing was sent. Make a new one.")
