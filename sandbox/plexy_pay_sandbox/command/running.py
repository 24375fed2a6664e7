"""Reach a sandbox that runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from ..control_calls import ask
from .errors import UNREACHABLE, CommandError

DEFAULT_URL: Final = "http://127.0.0.1:8490"

Url = Annotated[
    str,
    typer.Option(
        "--url",
        envvar="PLEXY_BASE_URL",
        help="The address of the sandbox.",
        show_default=True,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def call(
    url: str, method: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Send a request about the sandbox itself, and return the JSON of the response.

    Raises:
        CommandError: if there is no sandbox, or it refuses.
    """
    try:
        return ask(url.rstrip("/"), method, path, body)
    except OSError as error:
        raise unreachable(url, error) from None
    except (ValueError, TimeoutError, RuntimeError) as error:
        raise CommandError(str(error)) from None


def unreachable(url: str, error: OSError) -> CommandError:
    """Return the error of an address at which no sandbox listens."""
    return CommandError(
        f"No sandbox listens at {url} ({error.strerror or error}). Start one with `plexy-sandbox start`, "
        "or pass --url.",
        UNREACHABLE,
    )


def environment() -> dict[str, str]:
    """Return the names of the variables that a client reads, and whether they are set; never a key."""
    names = (
        "PLEXY_API_KEY",
        "PLEXY_CHECKOUT_API_KEY",
        "PLEXY_GATE_API_KEY",
        "PLEXY_BASE_URL",
        "PLEXY_LOG",
    )
    shown = {"PLEXY_BASE_URL", "PLEXY_LOG"}
    return {
        name: os.environ[name] if name in shown else "set"
        for name in names
        if name in os.environ
    }
