"""Check look-ups: only what is known may say that a call is absent, for what is absent is paid a second time."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model.api import PROVES_ABSENCE, Api, LookUp


def look_ups_end_with_their_list(api: Api) -> Iterator[Diagnostic]:
    """Report a list that is not read last, and once: nothing afterwards may contradict what it does not show."""
    for recipe in api.recipes:
        for look_up in recipe.look_ups[:-1]:
            if look_up.is_list:
                message = f"{recipe.operation.title} has a look-up after that of a list"
                yield api.diagnostic(
                    look_up.pointer, message, "put the list last; only one is read"
                )


def absence_is_known(api: Api) -> Iterator[Diagnostic]:
    """Report an absence that rests on an operation or fields that are not known."""
    for recipe in api.recipes:
        for look_up in recipe.look_ups if recipe.operation.moves_money else ():
            if not look_up.is_known and (look_up.absence or look_up.absent):
                key = "absence" if look_up.absence else "absent"
                yield api.diagnostic(
                    (*look_up.pointer, key),
                    f"{look_up.operation.title} cannot prove that something is absent: "
                    "it, or what is read of it, is a guess",
                    f"remove `{key}`; only {' and '.join(PROVES_ABSENCE)} facts prove it",
                )
            elif look_up.absence:
                yield from _diagnostics_of_list(api, look_up)


def _diagnostics_of_list(api: Api, look_up: LookUp) -> Iterator[Diagnostic]:
    """Yield why a list that is known does not show everything since the call."""
    title, pages = look_up.operation.title, look_up.operation.pagination
    place = (*look_up.pointer, "absence")
    # The reader notes that one thing proves no absence, and a list whose pages it cannot read.
    if pages is None:
        return
    if pages.total is None:
        message = (
            f"{title} has no total, so nobody knows whether a list was read to its end"
        )
        yield api.diagnostic(place, message, "remove `absence`")
    elif look_up.made is None:
        message = f"nobody knows whether {title} reaches back to the call: its rows have no time"
        yield api.diagnostic(place, message, "write `made:`, or remove `absence`")
