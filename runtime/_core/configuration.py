# plexy-pay runtime, written by hand in runtime/_core/configuration.py; the generator copies it unchanged.
"""Read and check what a client is told: its arguments first, then environment variables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._families import FAMILIES, MAIN, SETTINGS
from .origins import Origin, host_problem
from .settings import Settings, misconfigured

if TYPE_CHECKING:
    from .keys import KeyRing
    from .recipes import Recipe

#: The environment variable of each argument that has one.
_VARIABLES = {
    "base_url": "PLEXY_BASE_URL",
    **{name: setting.variable for name, setting in SETTINGS.items()},
}


def configure(
    rings: Mapping[str, KeyRing],
    arguments: dict[str, Any],
    recipes: Callable[[], Mapping[str, Recipe]],
) -> Settings:
    """Return the settings of a client.

    Args:
        rings: The keys of each family.
        arguments: The arguments of the client but its keys and its `http_client`, by their names. Those that an
            environment variable stands for are filled in.
        recipes: Gives the recipes of all calls that move money.

    Raises:
        ConfigurationError: if an argument or an environment variable is wrong.
    """
    _check_keys(rings)
    _check_choices(arguments)
    arguments["plain_http_hosts"] = _plain_hosts(arguments["plain_http_hosts"])
    variables = _fill_in(arguments)
    _check_dates(arguments, variables)
    _check_timeout(arguments["timeout"])
    _check_suffix(arguments["user_agent_suffix"])
    return Settings(
        rings=rings,
        arguments=arguments,
        environment=arguments["environment"],
        origins=_origins(arguments, variables),
        timeout=arguments["timeout"],
        max_retries=arguments["max_retries"],
        max_response_bytes=arguments["max_response_bytes"],
        allow_inferred=arguments["allow_inferred"],
        strict=arguments["strict"],
        library=None,
        recipes=recipes,
    )


def _check_keys(rings: Mapping[str, KeyRing]) -> None:
    # A family without a key is no fault as long as another has one.
    given = [ring for ring in rings.values() if not ring.missing]
    for ring in given or [rings[MAIN]]:
        if ring.problem:
            misconfigured(ring.problem)


def _check_choices(arguments: Mapping[str, Any]) -> None:
    if arguments["environment"] not in ("live", "test"):
        misconfigured("environment is neither 'live' nor 'test'.")
    for name, least in (("max_retries", 0), ("max_response_bytes", 1)):
        value = arguments[name]
        if type(value) is not int or value < least:
            misconfigured(f"{name} is not a whole number from {least}.")
    allowed = arguments["allow_inferred"]
    if allowed is not None and type(allowed) is not bool:
        misconfigured("allow_inferred is neither True, False nor None.")


def _plain_hosts(given: Any) -> tuple[str, ...]:
    """Return the hosts that plain http may go to, in lower case."""
    if type(given) not in (tuple, list, set, frozenset):
        misconfigured(
            "plain_http_hosts is not a sequence of host names, such as ('sandbox',)."
        )
    hosts: list[str] = []
    for place, host in enumerate(given):
        problem = host_problem(host)
        if problem:
            misconfigured(f"plain_http_hosts[{place}] {problem}.")
        hosts.append(str(host).lower())
    return tuple(hosts)


def _fill_in(arguments: dict[str, Any]) -> dict[str, str]:
    """Fill in what environment variables say; return the variable of each argument that was filled in."""
    variables = {
        name: variable
        for name, variable in _VARIABLES.items()
        if arguments[name] is None and variable in os.environ
    }
    for name, variable in variables.items():
        arguments[name] = os.environ[variable]
    return variables


def _check_dates(arguments: Mapping[str, Any], variables: Mapping[str, str]) -> None:
    for name, setting in SETTINGS.items():
        value = arguments[name]
        if setting.is_date and value is not None and not _is_date(value):
            misconfigured(
                f"{variables.get(name, name)} is not a date in the form YYYY-MM-DD, such as '2024-01-15'."
            )


def _is_date(text: object) -> bool:
    """Return whether a text is a date as the API writes it; ISO 8601 knows other forms."""
    from datetime import date

    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_timeout(timeout: Any) -> None:
    if timeout is None:
        return
    from .types import Timeouts

    timeouts = Timeouts.of(timeout)
    if isinstance(timeouts, str):
        misconfigured(timeouts)


def _check_suffix(suffix: object) -> None:
    if suffix is None:
        return
    from .user_agent import suffix_problem

    problem = suffix_problem(suffix)
    if problem:
        misconfigured(problem)


def _origins(
    arguments: Mapping[str, Any], variables: Mapping[str, str]
) -> dict[str, Origin]:
    """Return the origin of each family that was given one: its own, else the common one."""
    origins: dict[str, Origin] = {}
    for name, family in FAMILIES.items():
        argument = family.base_url
        if arguments[argument] is None:
            argument = "base_url"
        url = arguments[argument]
        if url is None:
            continue
        shown = variables.get(argument, argument)
        origin = Origin(url, shown, arguments["plain_http_hosts"])
        if origin.problem:
            misconfigured(origin.problem)
        origins[name] = origin
    return origins
