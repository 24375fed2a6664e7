"""Read cards so that a journal can keep what decides about a payment. The number and the code are noted nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from .cards import CardReader
from .checkout_cards import Decline, Risk, Verdict
from .draws import Draws, Note
from .named_cards import Card
from .records import Bank, CardFace
from .refusals import NotAllowed


class KeptCardReader(CardReader):
    """Read cards, and note the face of each, or the verdict on it.

    In a step that is repeated the notes stand in for the cards: no card is there, since none was kept.

    Args:
        padding: The padding of encrypted cards that is taken, or `any`.
        draws: Takes the notes.

    Raises:
        ValueError: if there is no such padding.
    """

    def __init__(self, padding: str, draws: Draws) -> None:
        super().__init__(padding)
        self._draws = draws

    def for_a_payment(self, card_data: Mapping[str, Any], now: datetime) -> CardFace:
        """Return the face of a card that is to pay.

        Raises:
            NotAllowed: if a field is missing or cannot be read.
        """
        read = super().for_a_payment
        return self._decrypted(lambda: read(card_data, now))

    def for_a_payout(self, card_data: Mapping[str, Any]) -> CardFace:
        """Return the face of a card that is to be paid to.

        Raises:
            NotAllowed: if a field is missing or cannot be read, or it can be no card.
        """
        read = super().for_a_payout
        return self._decrypted(lambda: read(card_data))

    def for_a_link(self, card: Card | None, now: datetime) -> CardFace | None:
        """Return the face of the card that a payer has typed on the page of a link; None if none was typed."""
        face = super().for_a_link(card, now)
        note = self._draws.noted(lambda: None if face is None else asdict(face))
        return None if note is None else _face_of(note)

    def for_a_checkout(self, body: Mapping[str, Any]) -> Verdict:
        """Return the verdict on the test values in a request of v2."""
        verdict = super().for_a_checkout(body)
        return self._verdict(verdict) or Verdict()

    def for_a_session(
        self, card: Card | None, body: Mapping[str, Any], now: datetime
    ) -> Verdict | None:
        """Return the verdict on the card that a payer has typed on the page of a session; None if none was typed."""
        return self._verdict(super().for_a_session(card, body, now))

    def _decrypted(self, read: Callable[[], CardFace]) -> CardFace:
        note = self._draws.noted(lambda: _face_or_refusal(read))
        if note is None:
            raise RuntimeError("the step that is repeated had no card here")
        if "refused" in note:
            raise NotAllowed(note["refused"], note["source"])
        return _face_of(note)

    def _verdict(self, verdict: Verdict | None) -> Verdict | None:
        note = self._draws.noted(lambda: None if verdict is None else asdict(verdict))
        return None if note is None else _verdict_of(note)


def _face_or_refusal(read: Callable[[], CardFace]) -> Note:
    try:
        return asdict(read())
    except NotAllowed as refusal:
        return {"refused": refusal.message, "source": refusal.source}


def _face_of(note: Note) -> CardFace:
    parts = dict(note)
    parts["bank"] = Bank(note["bank"])
    refusal = note["refusal"]
    parts["refusal"] = None if refusal is None else tuple(refusal)
    return CardFace(**parts)


def _verdict_of(note: Note) -> Verdict:
    decline, risk = note["decline"], note["risk"]
    return Verdict(
        None if decline is None else Decline(**decline),
        None if risk is None else _risk_of(risk),
    )


def _risk_of(note: Note) -> Risk:
    parts = dict(note)
    parts["factors"] = tuple(note["factors"])
    return Risk(**parts)
