"""Pay a payment link as a payer does: at once, refused, or with a test card through the page."""

from __future__ import annotations

from typing import Annotated
from urllib.error import HTTPError
from urllib.parse import urlsplit

import typer

from ..named_cards import LINK_CARDS, SESSION_CARDS
from ..payer import CONFIRMS, pay_at_once, pay_on_page
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
        str | None,
        typer.Option(
            help="With --card, the code for the bank: 555 confirms, 111 fails."
            f" [default: {CONFIRMS}]"
        ),
    ] = None,
    url: Url = DEFAULT_URL,
    as_json: AsJson = False,
) -> None:
    """Pay a payment link."""
    if card is not None and decline:
        raise CommandError("Give --decline or --card, not both.")
    if card is None and code is not None:
        raise CommandError("--code needs --card: without a card no bank asks.")
    parts = urlsplit(link)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else url.rstrip("/")
    path = f"/{parts.path.strip('/')}"
    link_id = path.rsplit("/", 1)[-1]
    noun = "session" if path.startswith(_SESSIONS) else "payment link"
    try:
        if card is None:
            end = pay_at_once(f"{origin}{path}", decline=decline)
        else:
            _check_card(path, card)
            end = pay_on_page(f"{origin}{path}", card, code or CONFIRMS)
    except ValueError as error:
        raise CommandError(
            f"The {noun} {link_id} cannot be paid any more. {error}"
        ) from None
    except HTTPError:
        raise CommandError(f"There is no {noun} {link_id}.") from None
    except OSError as error:
        raise unreachable(origin, error) from None
    if as_json:
        shown = {"link": link_id, "result": end.result, "redirect": end.redirect}
        show_json(shown | ({"reason": end.reason} if end.reason else {}))
        return
    show(f"{link_id}: {end.result}.{f' {end.reason}' if end.reason else ''}")
    if end.redirect:
        show(f"The payer is sent to {end.redirect}")


def _check_card(path: str, card: str) -> None:
    cards = SESSION_CARDS if path.startswith(_SESSIONS) else LINK_CARDS
    if card not in cards:
        raise CommandError(f"There is no test card {card!r}{meant(card, cards)}.")
