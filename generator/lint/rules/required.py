"""Check `required`: what is required of a request says nothing about the response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...diagnostics import Diagnostic
from ...model import query
from ...model.api import EVIDENCE, Api, Model

_EXTENSION = "x-required-evidence"
_WAYS = {"request", "response"}
_KNOWN = [word for word in EVIDENCE if word != "inferred"]


def required_is_known_both_ways(api: Api) -> Iterator[Diagnostic]:
    """Report a schema that is sent and received, and does not say how its `required` is known for each way."""
    both = query.sent_components(api) & query.received_components(api)
    for model in api.models.values():
        place, extension = model.origin.pointer, model.required_evidence
        binds_both = place in both and _binds_both(model)
        if extension is None and binds_both:
            yield api.diagnostic(
                (*place, "required"),
                f"{model.key!r} is sent and received, and `required` binds both ways",
                "make one schema of what is sent and one of what is received, or write "
                f"`{_EXTENSION}: {{request: ..., response: ...}}` if it is known for both",
            )
        elif extension is not None and not binds_both:
            message = (
                f"{_EXTENSION} stands on a schema whose `required` binds one way only"
            )
            yield api.diagnostic(
                (*place, _EXTENSION), message, f"remove `{_EXTENSION}`"
            )
        elif extension is not None and not _is_known(extension):
            yield api.diagnostic(
                (*place, _EXTENSION),
                f"{_EXTENSION} does not say how `required` is known for requests and for responses",
                f"write `{_EXTENSION}: {{request: ..., response: ...}}` with words of {', '.join(_KNOWN)}",
            )


def _binds_both(model: Model) -> bool:
    """Return whether something that a schema requires itself is neither only read nor only written."""
    fields = [model.by_wire_name.get(name) for name in model.own_required]
    return any(
        field is None or not (field.read_only or field.write_only) for field in fields
    )


def _is_known(extension: Mapping[str, str]) -> bool:
    return set(extension) == _WAYS and set(extension.values()) <= set(_KNOWN)
