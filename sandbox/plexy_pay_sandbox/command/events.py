"""Trigger events, and look after their deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer

from .output import show, show_facts, show_json, show_table
from .running import DEFAULT_URL, AsJson, Url, call

deliveries = typer.Typer(
    help="Show webhook deliveries, and send one again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def trigger(
    event: Annotated[
        str | None, typer.Argument(help="Such as transaction.charged.")
    ] = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Make the real objects behind an event: a handler that fetches them finds them. Without EVENT, list the events."""
    if event is None:
        names = call(url, "GET", "/_sandbox/triggers")
        if as_json:
            show_json(names)
        else:
            show("\n".join(names["triggers"]))
        return
    before = _numbers(call(url, "GET", "/_sandbox/webhooks"))
    made = call(url, "POST", "/_sandbox/triggers", {"name": event})
    after = call(url, "GET", "/_sandbox/webhooks")
    fresh = [one for one in after["deliveries"] if one["id"] not in before]
    if as_json:
        show_json(made | {"deliveries": fresh})
        return
    show(f"{event}:")
    show_facts(made["made"])
    if fresh:
        _show_deliveries(fresh)
    else:
        show("No webhook was sent: it has no address.")
        _show_lost(after["without_address"][-1:])


@deliveries.command("list")
def list_deliveries(url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show the latest deliveries, the oldest first."""
    response = call(url, "GET", "/_sandbox/webhooks")
    if as_json:
        show_json(response)
    elif response["deliveries"]:
        _show_deliveries(response["deliveries"])
    else:
        show("No webhook was posted yet.")
    if not as_json:
        _show_lost(response["without_address"])


@deliveries.command("resend")
def resend(
    delivery: Annotated[str, typer.Argument(help="The id, such as whd_3.")],
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Post a delivery once more: the same body, to the same address."""
    path = f"/_sandbox/webhooks/{quote(delivery, safe='')}/redeliver"
    response = call(url, "POST", path)
    if as_json:
        show_json(response)
    else:
        _show_deliveries(response["deliveries"])


def _numbers(listed: Mapping[str, Any]) -> set[str]:
    return {delivery["id"] for delivery in listed["deliveries"]}


def _show_deliveries(listed: list[dict[str, Any]]) -> None:
    show_table(
        ("id", "event", "state", "attempts", "address"),
        (
            (
                one["id"],
                one["name"],
                one.get("reason") or one["state"],
                " ".join(_attempt(attempt) for attempt in one["attempts"]),
                one["url"],
            )
            for one in listed
        ),
    )


def _show_lost(listed: list[dict[str, Any]]) -> None:
    """Show the events that had no address, and what gives them one."""
    hints: dict[str, list[str]] = {}
    for one in listed:
        hints.setdefault(one["hint"], []).append(one["name"])
    for hint, names in hints.items():
        events = ", ".join(sorted(set(names)))
        show(f"{len(names)} event(s) had no address ({events}): {hint}.")


def _attempt(attempt: Mapping[str, Any]) -> str:
    return str(attempt.get("status") or attempt.get("error") or "")
