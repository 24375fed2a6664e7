"""Pay a payment link as a payer does who types nothing: at once, or refused."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import typer

from ..loopback import post_form
from .errors import CommandError
from .output import show, show_json
from .running import DEFAULT_URL, AsJson, Url


def pay(
    link: Annotated[str, typer.Argument(help="The url of a link, or its id, pl_....")],
    decline: Annotated[
        bool, typer.Option("--decline", help="Refuse the card.")
    ] = False,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Pay a payment link."""
    parts = urlsplit(link)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else url.rstrip("/")
    link_id = parts.path.rsplit("/", 1)[-1]
    status, address = post_form(origin, f"/{link_id}/{'decline' if decline else 'pay'}")
    if status == 404:
        raise CommandError(f"There is no payment link {link_id}.")
    if status == 409:
        raise CommandError(f"The payment link {link_id} cannot be paid any more.")
    done = "declined" if decline else "paid"
    if as_json:
        show_json({"link": link_id, "result": done, "redirect": address})
        return
    show(f"{link_id}: {done}.")
    if address:
        show(f"The payer is sent to {address}")
