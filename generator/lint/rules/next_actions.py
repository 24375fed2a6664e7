"""Check `x-next-action`, by which the client reads what a response asks for next."""

from __future__ import annotations

from collections.abc import Iterator

from ...diagnostics import Diagnostic
from ...model.api import Api, Field, Model, NextAction
from ...model.query import listed_values
from ...model.types import ModelRef, variants_of

_EXTENSION = "x-next-action"
#: Parts of a challenge that the runtime's `next_action` reads.
_CHALLENGE = ("action", "creq", "html", "status", "threeDSSessionData")


def next_action_names_what_exists(api: Api) -> Iterator[Diagnostic]:
    """Report a name that the schema does not have, an incomplete challenge, and an action without a place."""
    for model in api.models.values():
        if model.next_action is not None:
            yield from _name_diagnostics(api, model, model.next_action)
            yield from _challenge_diagnostics(api, model, model.next_action)
            yield from _action_diagnostics(api, model, model.next_action)


def _name_diagnostics(
    api: Api, model: Model, extension: NextAction
) -> Iterator[Diagnostic]:
    place, known = (*model.origin.pointer, _EXTENSION), model.by_wire_name
    names = {
        "id": extension.id,
        "success": extension.success,
        "challenge": extension.challenge,
    }
    for key, name in names.items():
        # The reader notes a name that is missing.
        if name and name not in known:
            message = (
                f"x-next-action names {name!r}, which is no property of the schema"
            )
            yield api.diagnostic(
                (*place, key), message, "add the property, or correct the name"
            )
    if "next_action" in known or "nextAction" in known:
        message = (
            "a property of the schema is named as the one that x-next-action makes"
        )
        yield api.diagnostic(
            place, message, "remove the extension, or rename the property"
        )


def _challenge_diagnostics(
    api: Api, model: Model, extension: NextAction
) -> Iterator[Diagnostic]:
    challenge = model.by_wire_name.get(extension.challenge)
    parts = set[str]() if challenge is None else _parts(challenge)
    missing = [name for name in _CHALLENGE if name not in parts]
    if challenge is not None and missing:
        place = (*model.origin.pointer, _EXTENSION, "challenge")
        message = f"the challenge has no {', '.join(missing)}"
        yield api.diagnostic(
            place, message, "add it: the client's next_action reads it"
        )


def _action_diagnostics(
    api: Api, model: Model, extension: NextAction
) -> Iterator[Diagnostic]:
    action = model.by_wire_name.get(extension.action)
    if action is None:
        return
    values = [str(value) for value in listed_values(action.type)]
    listed = [*extension.shows, *extension.finished]
    if sorted(values) != sorted(listed):
        place = (*model.origin.pointer, _EXTENSION)
        message = f"x-next-action has the actions {listed}, the schema has {values}"
        yield api.diagnostic(
            place, message, "write each action under `shows:` or under `finished:`"
        )


def _parts(field: Field) -> set[str]:
    """Return the names of the fields of an object."""
    names: set[str] = set()
    for variant in variants_of(field.type):
        if isinstance(variant, ModelRef):
            names.update(variant.model.by_wire_name)
    return names
