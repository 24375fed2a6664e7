"""Choose the language of a page: the payer's own choice, else that of the browser.

A stand-in as a whole. The choice is a query parameter, which a cookie keeps for the pages after it.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from .texts import LANGUAGES, REASONS, TEXTS

PARAMETER: Final = "lang"
_COOKIE: Final = "plexy_sandbox_language"
DEFAULT: Final = next(iter(LANGUAGES))


class Words:
    """The words of one language.

    Args:
        language: Its code.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: str) -> str:
        """Return the words of a key, with values in their places."""
        return TEXTS[self.language][key].format(**values)

    def reason(self, message: str) -> str:
        """Return why a card was refused; the message itself, if it has no words here."""
        return REASONS[self.language].get(message, message)


def language_of(request: Request) -> str:
    """Return the language in which a page is to be shown."""
    for chosen in (
        request.query_params.get(PARAMETER, ""),
        request.cookies.get(_COOKIE, ""),
    ):
        if chosen in LANGUAGES:
            return chosen
    return _preferred(request.headers.get("accept-language", ""))


def keep_choice(request: Request, response: Response) -> None:
    """Keep the language that a payer has just chosen."""
    chosen = request.query_params.get(PARAMETER, "")
    if chosen in LANGUAGES:
        response.set_cookie(_COOKIE, chosen, httponly=True, samesite="lax")


def _preferred(header: str) -> str:
    """Return the language of `Accept-Language` that weighs most and is known."""
    best, weight = DEFAULT, 0.0
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        language = tag.strip().split("-")[0].lower()
        quality = _quality(parameter)
        if language in LANGUAGES and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
