"""Pay a payment link as a payer does: at once, refused, or with a test card through the page."""

from __future__ import annotations

from typing import Annotated
from urllib.error import HTTPError
from urllib.parse import urlsplit

import typer

from ..loopback import post_form
from ..named_cards import LINK_CARDS, SESSION_CARDS
from ..payer import CONFIRMS, PayerEnd, pay_on_page
from ..suggestions import meant
from .errors import CommandError
from .output import show, show_json
from .running import DEFAULT_URL, AsJson, Url, unreachable

_SESSIONS = "/_sandbox/sessions/"


def pay(
    link: Annotated[
        str, typer.Argument(help="The url of a link or a session, or an id, pl_....")
    ],
    decline: Annotated[
        bool, typer.Option("--decline", help="Refuse the payment.")
    ] = False,
    card: Annotated[
        str | None,
        typer.Option(
            help="Pay through the form of the page, with this test card: "
            f"{', '.join(LINK_CARDS)}; for a session {', '.join(SESSION_CARDS)}."
        ),
    ] = None,
    code: Annotated[
        str,
        typer.Option(help="The code for the bank: 555 confirms, 111 fails."),
    ] = CONFIRMS,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Pay a payment link."""
    parts = urlsplit(link)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else url.rstrip("/")
    path = parts.path if parts.netloc else f"/{parts.path.lstrip('/')}"
    link_id = path.rsplit("/", 1)[-1]
    if card is not None and decline:
        raise CommandError("Give --decline or --card, not both.")
    try:
        if card is None:
            end = _at_once(origin, path, link_id, decline)
        else:
            end = _with_a_card(origin, path, link_id, card, code)
    except OSError as error:
        raise unreachable(origin, error) from None
    if as_json:
        shown = {"link": link_id, "result": end.result, "redirect": end.redirect}
        show_json(shown | ({"reason": end.reason} if end.reason else {}))
        return
    show(f"{link_id}: {end.result}.{f' {end.reason}' if end.reason else ''}")
    if end.redirect:
        show(f"The payer is sent to {end.redirect}")


def _at_once(origin: str, path: str, link_id: str, decline: bool) -> PayerEnd:
    """Pay or refuse without a card."""
    status, address = post_form(origin, f"{path}/{'decline' if decline else 'pay'}")
    if status == 404:
        raise CommandError(f"There is no payment link {link_id}.")
    if status == 409:
        raise CommandError(f"The payment link {link_id} cannot be paid any more.")
    declined = decline or status == 402
    return PayerEnd("declined" if declined else "paid", address, "")


def _with_a_card(
    origin: str, path: str, link_id: str, card: str, code: str
) -> PayerEnd:
    """Pay through the form of the page."""
    cards = SESSION_CARDS if path.startswith(_SESSIONS) else LINK_CARDS
    if card not in cards:
        raise CommandError(f"There is no test card {card!r}{meant(card, cards)}.")
    try:
        return pay_on_page(f"{origin}{path}", card, code)
    except ValueError:
        raise CommandError(
            f"The payment link {link_id} cannot be paid any more."
        ) from None
    except HTTPError:
        raise CommandError(f"There is no payment link {link_id}.") from None
