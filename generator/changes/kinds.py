"""The kinds of change that are known. `tests/generator/changes/table.yaml` has an example of each."""

from __future__ import annotations

_THERE = ("added", "removed")
_ALSO = (*_THERE, "changed")

KINDS: frozenset[str] = frozenset(
    f"{thing}-{what}"
    for thing, whats in (
        ("amount-decimals", ("changed",)),
        ("amount-mark", _THERE),
        ("amount-unit", ("changed",)),
        ("answer-type", ("changed",)),
        ("argument", (*_THERE, "becomes-optional", "becomes-required")),
        ("body", (*_THERE, "added-required", "becomes-optional", "becomes-required")),
        ("canonical", _ALSO),
        ("client-argument", _THERE),
        ("class", (*_THERE, "renamed", "can-be-sent", "is-read", "no-longer-sent")),
        ("constant", ("changed",)),
        ("content", ("changed",)),
        ("dedup", ("changed",)),
        ("discriminator", ("changed",)),
        ("documentation", ("changed",)),
        ("enum-member", ("renamed",)),
        ("enum-value", _THERE),
        ("event", (*_THERE, "renamed", "method-changed", "name-changed", "proof-changed")),
        ("evidence", ("changed",)),
        ("fact", ("added", "changed")),
        ("family", ("changed",)),
        ("fields", ("closed", "opened", "declared-free", "no-longer-free", "type-changed")),
        ("free-text", _THERE),
        ("function", ("renamed",)),
        ("idempotency-key", _ALSO),
        ("idempotency-repeats", ("changed",)),
        ("limit", ("narrowed", "widened")),
        ("meaning", _ALSO),
        ("method", ("changed",)),
        ("money", ("added", "changed")),
        ("moves-money", ("changed",)),
        ("next-action", _ALSO),
        ("not", ("classified", "generated")),
        ("null", _THERE),
        ("operation", (*_THERE, "renamed", "becomes-inferred", "is-known", "warns")),
        ("order", ("changed",)),
        ("pagination", _ALSO),
        ("parameter", (*_THERE, "added-required", "becomes-optional", "becomes-required")),
        ("parameter", ("moved", "sent-otherwise")),
        ("params", _THERE),
        ("parts", ("changed",)),
        ("path", ("changed",)),
        ("positions", ("changed",)),
        ("property", (*_THERE, "added-required", "becomes-optional", "becomes-required")),
        ("property", ("becomes-read-only", "becomes-writable", "declared", "renamed-on-the-wire")),
        ("read", ("otherwise",)),
        ("reconcile", _ALSO),
        ("refusal", ("changed",)),
        ("request-default", ("changed",)),
        ("resource", _THERE),
        ("security", ("changed",)),
        ("security-scheme", (*_ALSO, "renamed")),
        ("sensitive", _THERE),
        ("server", _ALSO),
        ("setting", (*_ALSO, "renamed", "sent", "not-sent")),
        ("type", ("changed",)),
        ("variant", _THERE),
    )
    for what in whats
) | {"deprecated"}
