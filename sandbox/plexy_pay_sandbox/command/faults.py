"""Make the sandbox fail, and see how often it has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import quote

import typer

from .output import show, show_json, show_table
from .running import DEFAULT_URL, AsJson, Url, call

_PATH = "/_sandbox/faults"

faults = typer.Typer(
    help="Lose responses, reset connections, delay or forge webhooks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@faults.command("set")
def set_fault(
    target: Annotated[
        str,
        typer.Argument(
            help="An operation (payments.capture) or an event (transaction.charged); payments.* or *."
        ),
    ],
    fault: Annotated[
        str, typer.Argument(help="Such as response-lost; `faults kinds` has all.")
    ],
    times: Annotated[
        int | None,
        typer.Option(
            help="The number of times. [default: 1, no limit with --probability]"
        ),
    ] = None,
    probability: Annotated[
        str | None,
        typer.Option(help="The probability for each request or event, such as 0.2."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The seed of the probability. [default: 0]")
    ] = None,
    seconds: Annotated[
        str | None,
        typer.Option(help="The duration in seconds, for faults that have one."),
    ] = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Set a fault for the next requests of an operation, or the next events of a name."""
    body = {
        "target": target,
        "fault": fault,
        "times": times,
        "probability": _number(probability),
        "seed": seed,
        "seconds": _number(seconds),
    }
    response = call(url, "POST", _PATH, body)
    if as_json:
        show_json(response)
    else:
        _show(response["faults"])


@faults.command("list")
def list_faults(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the faults that are set, and how often each has struck."""
    response = call(url, "GET", _PATH)
    if as_json:
        show_json(response)
    elif response["faults"]:
        _show(response["faults"])
    else:
        show("No fault is set.")


@faults.command("kinds")
def list_kinds(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show all faults there are, and what each means for the money."""
    known = call(url, "GET", _PATH)["known"]
    if as_json:
        show_json({"known": known})
        return
    show_table(
        ("fault", "strikes", "what happens"),
        ((_kebab(one["fault"]), one["strikes"], one["happens"]) for one in known),
    )


@faults.command("clear")
def clear(
    fault: Annotated[
        str | None,
        typer.Argument(help="The id of one fault, such as flt_1. [default: all]"),
    ] = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Remove all faults, or one."""
    path = _PATH if fault is None else f"{_PATH}/{quote(fault, safe='')}"
    response = call(url, "DELETE", path)
    if as_json:
        show_json({"faults": response["faults"]})
    elif response["faults"]:
        _show(response["faults"])
    else:
        show("No fault is set.")


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except ArithmeticError:
        raise typer.BadParameter(f"{text!r} is no number such as 0.2") from None


def _show(listed: list[dict[str, Any]]) -> None:
    show_table(
        ("id", "target", "fault", "when", "struck"),
        (
            (one["id"], one["target"], _kebab(one["fault"]), _when(one), one["struck"])
            for one in listed
        ),
    )


def _when(one: Mapping[str, Any]) -> str:
    """Return when a fault strikes, in words."""
    words: list[str] = []
    if one["probability"] is not None:
        words.append(f"{one['probability']} of all, seed {one['seed']}")
    if one["times"] is not None:
        words.append(f"the next {one['times']}")
    if one["seconds"] is not None:
        words.append(f"{one['seconds']} s")
    return ", ".join(words)


def _kebab(name: str) -> str:
    return name.replace("_", "-")
