"""Check the extensions of evidence: every fact says how well it is known, in our words, and where it was read."""

from __future__ import annotations

from .. import openapi
from ..diagnostics import meant
from ..document import Located, Pointer, is_mapping, is_sequence, mapping, objects
from .api import EVIDENCE
from .reader import Reader

_EXTENSION, _SOURCE = "x-evidence", "x-source"
_WORDS = ", ".join(EVIDENCE)


def check_evidence(reader: Reader) -> None:
    """Note evidence that is missing, no word of ours, or without a source."""
    for operation in openapi.operations(reader.document):
        _check_operation(reader, operation)
        _check_parameters(reader, operation)
    # Properties inherit the evidence of their schema.
    for schema in openapi.named_schemas(reader.document):
        _check_that_it_is_there(
            reader, schema, f"the schema {str(schema.pointer[-1])!r}"
        )
    for webhook in openapi.webhooks(reader.document):
        _check_that_it_is_there(
            reader, Located(webhook.pointer, webhook.data), webhook.title
        )
    for found in objects(reader.document.data):
        if _EXTENSION in found.value:
            _check_mark(reader, found)


def _check_operation(reader: Reader, operation: openapi.Operation) -> None:
    evidence = operation.data.get(_EXTENSION)
    if not is_mapping(evidence) or not {"method", "path"} <= evidence.keys():
        reader.flawed(
            (*operation.pointer, _EXTENSION),
            f"{operation.title} does not say how well its method and path are known",
            f"write `{_EXTENSION}: {{method: ..., path: ...}}` with words of {_WORDS}",
        )


def _check_parameters(reader: Reader, operation: openapi.Operation) -> None:
    for parameter in operation.parameters():
        # One of the path inherits the evidence of the path.
        if parameter.value.get("in") != "path":
            _check_that_it_is_there(
                reader, parameter, f"the parameter {parameter.value.get('name')!r}"
            )


def _check_that_it_is_there(reader: Reader, found: Located, name: str) -> None:
    if _EXTENSION not in found.value:
        message = f"{name} does not say how well it is known"
        reader.flawed(
            found.pointer, message, f"write `{_EXTENSION}:` with one of {_WORDS}"
        )


def _check_mark(reader: Reader, found: Located) -> None:
    """Note an unknown evidence level, and evidence without a source; inferred evidence has none."""
    words = _words(Located((*found.pointer, _EXTENSION), found.value[_EXTENSION]))
    for word in words:
        if word.value not in EVIDENCE:
            message = f"{word.value!r} is not a word for evidence"
            reader.flawed(
                word.pointer,
                message,
                meant(word.value, EVIDENCE, f"use one of {_WORDS}"),
            )
    if all(word.value == "inferred" or word.value not in EVIDENCE for word in words):
        return
    sources = found.value.get(_SOURCE)
    if sources is None and words[0].value == _inherited(reader, found.pointer):
        return
    if (
        not is_sequence(sources)
        or not sources
        or not all(isinstance(s, str) and s for s in sources)
    ):
        reader.flawed(
            (*found.pointer, _SOURCE if _SOURCE in found.value else _EXTENSION),
            "evidence without a source",
            f"write `{_SOURCE}:` as a list of the pages it was read on, or `{_EXTENSION}: inferred`",
        )


def _words(evidence: Located) -> list[Located]:
    """Return the words of an evidence: one, or (for an operation) one for each of its parts."""
    if is_mapping(evidence.value):
        return [
            Located((*evidence.pointer, key), word)
            for key, word in evidence.value.items()
        ]
    return [evidence]


def _inherited(reader: Reader, place: Pointer) -> str | None:
    """Return the evidence of the nearest object around this one that has any with a source."""
    for length in range(len(place) - 1, 0, -1):
        outer = mapping(reader.document.get(place[:length]))
        if isinstance(outer.get(_EXTENSION), str) and _SOURCE in outer:
            return str(outer[_EXTENSION])
    return None
