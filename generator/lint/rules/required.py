"""Rules about `required`: what is required of a request says nothing about the response."""

from __future__ import annotations

from collections.abc import Iterator

from ... import reading
from ...document import Document, Located, mapping, sequence
from ...problems import Problem

_MARK = "x-required-evidence"
_WAYS = ("request", "response")


def required_is_known_both_ways(document: Document) -> Iterator[Problem]:
    """A schema that is sent and received says how its `required` is known for each way, or is split."""
    sent = reading.reached(document, reading.sent(document))
    received = reading.reached(document, reading.received(document))
    for schema in reading.named_schemas(document):
        is_both = str(schema.pointer[-1]) in sent & received
        binds_both = is_both and any(not _is_one_way(field) for field in _required_fields(schema))
        mark = schema.value.get(_MARK)
        place = (*schema.pointer, _MARK)
        if mark is not None and not binds_both:
            message = f"{_MARK} stands on a schema whose `required` binds one way only"
            yield document.problem(place, message, f"remove `{_MARK}`")
        elif binds_both and mark is None:
            yield document.problem(
                (*schema.pointer, "required"),
                f"{str(schema.pointer[-1])!r} is sent and received, and `required` binds both ways",
                "make one schema of what is sent and one of what is received, or write "
                f"`{_MARK}: {{request: ..., response: ...}}` if it is known for both",
            )
        elif mark is not None:
            yield from _mark_problems(document, Located(place, mark))


def _mark_problems(document: Document, mark: Located) -> Iterator[Problem]:
    words = mapping(mark.value)
    known = [word for word in reading.EVIDENCE if word != "inferred"]
    if set(words) != set(_WAYS) or not set(map(str, words.values())) <= set(known):
        yield document.problem(
            mark.pointer,
            f"{_MARK} does not say how `required` is known for requests and for responses",
            f"write `{_MARK}: {{request: ..., response: ...}}` with words of {', '.join(known)}",
        )


def _required_fields(schema: Located) -> list[dict[str, object]]:
    properties = mapping(schema.value.get("properties"))
    return [mapping(properties.get(str(name))) for name in sequence(schema.value.get("required"))]


def _is_one_way(field: dict[str, object]) -> bool:
    return field.get("readOnly") is True or field.get("writeOnly") is True
