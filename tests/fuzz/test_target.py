"""The fuzzer's own code: what it begins with is sound, and what goes wrong it does not hide."""

from __future__ import annotations

from typing import Any

import pytest
from plexy_pay.webhooks import (
    UnknownEvent,
    WebhookVerificationError,
    _payload,
    _secrets,
)

from fuzz import target

SEEDS = list(target.seeds())


def test_no_seed_finds_anything() -> None:
    for seed in SEEDS:
        target.one_input(seed)
    for short in (b"", b"\x00", b"\x00\xff", b"\x05\x00"):
        target.one_input(short)


def test_the_seeds_reach_each_scheme_in_each_way_and_are_all_different() -> None:
    assert {seed[0] for seed in SEEDS} == set(range(9))
    assert len(set(SEEDS)) == len(SEEDS)
    assert {
        '"transaction.charged"',
        '"orderReference":',
        '"payment_order_id":',
    } <= target.words()


def failing(*_: object, **__: object) -> Any:
    raise KeyError("planted")


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (_secrets.TokenSecret, "proves", failing),
        (_secrets.FieldsSecret, "proves", failing),
        (_secrets.BodySecret, "proves", failing),
        (_secrets.TokenSecret, "proves", lambda *_: False),
        (_secrets, "signed_texts", failing),
        (_payload, "event_class", failing),
        (_payload, "event_class", lambda _: next(iter(_payload.EVENTS.values()))),
        (_payload, "_of_body", lambda _: "body"),
        (_payload, "_moment", failing),
        (UnknownEvent, "__repr__", lambda self: f"payload={self.payload}"),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_what_is_planted_is_found(
    owner: Any, name: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    if owner is _secrets:
        monkeypatch.setattr("plexy_pay.webhooks._verification.signed_texts", wrong)
    with pytest.raises((KeyError, AssertionError)):
        for seed in [*SEEDS, target.encoded(0, 1, b"", b'{"name": "new", "data": {}}')]:
            target.one_input(seed)


def test_an_error_of_another_class_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(WebhookVerificationError):
        pass

    def wrong(*_: object) -> bool:
        raise Other("other")

    monkeypatch.setattr(_secrets.TokenSecret, "proves", wrong)
    with pytest.raises(AssertionError):
        target.one_input(SEEDS[0])
